//! The errors of the edge: a stable code that somebody can act on, and words that say how.
//!
//! Detail is for support and holds no secret and no figure.

use board_domain::Locale;

use crate::{host::SecretError, view::FaultView};

/// What went wrong, as far as anybody acts on it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Nobody signed in on this device.
    SignedOut,
    /// The vault is locked.
    Locked,
    /// No secret store is running.
    KeyringMissing,
    /// The secret store is locked.
    KeyringLocked,
    /// The secret store failed.
    KeyringFailed,
    /// The vault's key is no longer in the secret store.
    KeyLost,
    /// The key does not open the vault.
    KeyWrong,
    /// The vault was written by a newer version.
    VaultNewer,
    /// The vault is damaged.
    VaultCorrupt,
    /// Another Boardroom on this device holds the vault.
    VaultBusy,
    /// The vault cannot be read or written.
    VaultFailed,
    /// The server cannot be reached.
    Offline,
    /// The server's address is not acceptable.
    ServerAddress,
    /// E-mail or password is wrong.
    WrongPassword,
    /// Something else answers at the server's address.
    NotOurServer,
    /// The server refused.
    ServerRefused,
    /// The person has no tenant.
    NoTenant,
    /// There is no such thing here.
    NotFound,
    /// The tenant's data is not complete on this device.
    NotSynced,
    /// The role does not allow it.
    Forbidden,
    /// The rules refuse it; the detail says which.
    Refused,
    /// The pack lacks a figure.
    FigureMissing,
    /// The pack could not be made.
    PackFailed,
    /// The export was cancelled.
    Cancelled,
    /// A file cannot be read or written.
    File,
    /// A screen cannot be used.
    Screen,
    /// A certificate to sign with does not open or does not fit.
    Certificate,
    /// A file is no pack, or not as it was signed.
    PackChanged,
    /// A file of published keys does not read.
    KeyFile,
    /// The administrator's policy does not read.
    Policy,
    /// This device's copy was without contact for longer than it may be.
    LeaseEnded,
    /// A request that no screen sends.
    Malformed,
}

impl Code {
    /// Stable text.
    pub fn text(self) -> &'static str {
        match self {
            Self::SignedOut => "session.signed_out",
            Self::Locked => "session.locked",
            Self::KeyringMissing => "keyring.missing",
            Self::KeyringLocked => "keyring.locked",
            Self::KeyringFailed => "keyring.failed",
            Self::KeyLost => "vault.key_lost",
            Self::KeyWrong => "vault.key_wrong",
            Self::VaultNewer => "vault.newer",
            Self::VaultCorrupt => "vault.corrupt",
            Self::VaultBusy => "vault.busy",
            Self::VaultFailed => "vault.failed",
            Self::Offline => "sync.offline",
            Self::ServerAddress => "sync.address",
            Self::WrongPassword => "auth.wrong_password",
            Self::NotOurServer => "sync.not_our_server",
            Self::ServerRefused => "sync.refused",
            Self::NoTenant => "auth.no_tenant",
            Self::NotFound => "desk.not_found",
            Self::NotSynced => "desk.not_synced",
            Self::Forbidden => "desk.forbidden",
            Self::Refused => "desk.refused",
            Self::FigureMissing => "pack.figure_missing",
            Self::PackFailed => "pack.failed",
            Self::Cancelled => "pack.cancelled",
            Self::File => "desk.file",
            Self::Screen => "desk.screen",
            Self::Certificate => "pack.certificate",
            Self::PackChanged => "verify.changed",
            Self::KeyFile => "verify.key_file",
            Self::Policy => "policy.unreadable",
            Self::LeaseEnded => "session.lease_ended",
            Self::Malformed => "desk.malformed",
        }
    }

    /// What happened and what to do.
    pub fn message(self, locale: Locale) -> &'static str {
        let (en, nb, uk) = self.messages();
        match locale {
            Locale::En => en,
            Locale::Nb => nb,
            Locale::Uk => uk,
        }
    }

    #[allow(clippy::too_many_lines, reason = "one table of sentences reads best in one piece")]
    fn messages(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::SignedOut => (
                "Nobody is signed in on this device. Sign in first.",
                "Ingen er logget på denne enheten. Logg på først.",
                "На цьому пристрої ніхто не увійшов. Спершу увійдіть.",
            ),
            Self::Locked => (
                "Boardroom is locked. Unlock it first.",
                "Boardroom er låst. Lås opp først.",
                "Boardroom заблоковано. Спершу розблокуйте.",
            ),
            Self::KeyringMissing => (
                "No keyring is running in this session, so the key of your data cannot be kept safely. Start the system's keyring and try again.",
                "Ingen nøkkelring kjører i denne økten, så nøkkelen til dataene kan ikke oppbevares trygt. Start systemets nøkkelring og prøv igjen.",
                "У цьому сеансі не працює сховище ключів, тож ключ до ваших даних ніде безпечно зберігати. Запустіть системне сховище й спробуйте ще раз.",
            ),
            Self::KeyringLocked => (
                "The system's keyring is locked. Unlock it and try again.",
                "Systemets nøkkelring er låst. Lås den opp og prøv igjen.",
                "Системне сховище ключів заблоковане. Розблокуйте його й спробуйте ще раз.",
            ),
            Self::KeyringFailed => (
                "The system's keyring did not answer. Try again, or restart the session.",
                "Systemets nøkkelring svarte ikke. Prøv igjen, eller start økten på nytt.",
                "Системне сховище ключів не відповіло. Спробуйте ще раз або перезапустіть сеанс.",
            ),
            Self::KeyLost => (
                "The key of the data on this device is gone from the keyring. Sign in again to fetch a fresh copy.",
                "Nøkkelen til dataene på denne enheten finnes ikke lenger i nøkkelringen. Logg på igjen for å hente en ny kopi.",
                "Ключа до даних цього пристрою вже немає у сховищі. Увійдіть ще раз, щоб отримати нову копію.",
            ),
            Self::KeyWrong => (
                "The key in the keyring does not open the data on this device. Sign in again to fetch a fresh copy.",
                "Nøkkelen i nøkkelringen åpner ikke dataene på denne enheten. Logg på igjen for å hente en ny kopi.",
                "Ключ зі сховища не відкриває дані цього пристрою. Увійдіть ще раз, щоб отримати нову копію.",
            ),
            Self::VaultNewer => (
                "The data on this device was written by a newer version of Boardroom. Update the app; nothing was changed.",
                "Dataene på denne enheten er skrevet av en nyere versjon av Boardroom. Oppdater appen; ingenting er endret.",
                "Дані на цьому пристрої записала новіша версія Boardroom. Оновіть програму; нічого не змінено.",
            ),
            Self::VaultCorrupt => (
                "The data on this device is damaged. The file was left as it is; sign in again to fetch a fresh copy.",
                "Dataene på denne enheten er skadet. Filen er ikke rørt; logg på igjen for å hente en ny kopi.",
                "Дані на цьому пристрої пошкоджено. Файл не змінено; увійдіть ще раз, щоб отримати нову копію.",
            ),
            Self::Policy => (
                "The policy that your administrator installed on this computer cannot be read, so Boardroom stays closed. Ask your administrator to correct it.",
                "Retningslinjene som administratoren har installert på denne maskinen, kan ikke leses, så Boardroom holdes lukket. Be administratoren rette dem.",
                "Політику, яку адміністратор установив на цьому комп’ютері, не вдається прочитати, тож Boardroom лишається закритим. Попросіть адміністратора виправити її.",
            ),
            Self::LeaseEnded => (
                "This copy has been without contact with the server for longer than your organisation allows. Connect to the network and sign in: nothing is lost.",
                "Denne kopien har vært uten kontakt med serveren lenger enn organisasjonen tillater. Koble til nettet og logg på: ingenting er tapt.",
                "Ця копія була без зв’язку із сервером довше, ніж дозволяє ваша організація. Під’єднайтеся до мережі й увійдіть: нічого не втрачено.",
            ),
            Self::VaultBusy => (
                "Boardroom is already open on this device, in a window or a command that is still running. Use that one, or close it and try again.",
                "Boardroom er allerede åpent på denne enheten, i et vindu eller en kommando som fortsatt kjører. Bruk den, eller lukk den og prøv igjen.",
                "Boardroom уже відкрито на цьому пристрої — у вікні або в команді, що ще виконується. Скористайтеся ними або закрийте й спробуйте ще раз.",
            ),
            Self::VaultFailed => (
                "The data on this device cannot be read or written. Check the free disk space and try again.",
                "Dataene på denne enheten kan ikke leses eller skrives. Sjekk ledig diskplass og prøv igjen.",
                "Не вдається прочитати або записати дані на цьому пристрої. Перевірте вільне місце й спробуйте ще раз.",
            ),
            Self::Offline => (
                "The server cannot be reached. Everything already on this device keeps working; check the network and try again.",
                "Serveren er ikke tilgjengelig. Alt som allerede er på enheten virker; sjekk nettverket og prøv igjen.",
                "Сервер недоступний. Усе, що вже є на пристрої, працює; перевірте мережу й спробуйте ще раз.",
            ),
            Self::ServerAddress => (
                "The server's address must start with https:// (http:// is for this computer only).",
                "Serveradressen må begynne med https:// (http:// bare for denne datamaskinen).",
                "Адреса сервера має починатися з https:// (http:// лише для цього комп’ютера).",
            ),
            Self::WrongPassword => (
                "E-mail or password is not right.",
                "E-post eller passord er feil.",
                "Неправильна електронна адреса або пароль.",
            ),
            Self::NotOurServer => (
                "Something else answers at this address, perhaps a sign-in page of the network. Open a browser, then try again.",
                "Noe annet svarer på denne adressen, kanskje en påloggingsside for nettverket. Åpne en nettleser og prøv igjen.",
                "За цією адресою відповідає щось інше, можливо сторінка входу до мережі. Відкрийте браузер і спробуйте ще раз.",
            ),
            Self::ServerRefused => (
                "The server refused the request. The detail says why.",
                "Serveren avslo forespørselen. Detaljene sier hvorfor.",
                "Сервер відхилив запит. Причина в подробицях.",
            ),
            Self::NoTenant => (
                "Your account has no company yet. Ask your administrator for access.",
                "Kontoen din har ingen selskaper ennå. Be administratoren om tilgang.",
                "Ваш обліковий запис ще не має компанії. Попросіть адміністратора надати доступ.",
            ),
            Self::NotFound => (
                "This is not on this device. Sync once, then try again.",
                "Dette finnes ikke på enheten. Synkroniser én gang og prøv igjen.",
                "Цього немає на пристрої. Синхронізуйте дані й спробуйте ще раз.",
            ),
            Self::NotSynced => (
                "This company's data is not complete on this device yet. Connect once to fetch it.",
                "Selskapets data er ikke komplette på enheten ennå. Koble til én gang for å hente dem.",
                "Дані цієї компанії на пристрої ще неповні. Під’єднайтеся один раз, щоб їх отримати.",
            ),
            Self::Forbidden => (
                "Your role does not allow this.",
                "Rollen din tillater ikke dette.",
                "Ваша роль цього не дозволяє.",
            ),
            Self::Refused => (
                "This is not possible as things stand. The detail says why.",
                "Dette er ikke mulig slik det står nå. Detaljene sier hvorfor.",
                "Наразі це неможливо. Причина в подробицях.",
            ),
            Self::FigureMissing => (
                "The pack needs a figure that is not there, so no file was written. The detail names it.",
                "Pakken trenger et tall som mangler, så ingen fil ble skrevet. Detaljene sier hvilket.",
                "Для пакета бракує показника, тож файл не створено. Назва в подробицях.",
            ),
            Self::PackFailed => (
                "The pack could not be made, so no file was written.",
                "Pakken kunne ikke lages, så ingen fil ble skrevet.",
                "Пакет не вдалося створити, тож файл не записано.",
            ),
            Self::Cancelled => (
                "The export was cancelled. No file was written.",
                "Eksporten ble avbrutt. Ingen fil ble skrevet.",
                "Експорт скасовано. Файл не записано.",
            ),
            Self::Screen => (
                "This screen cannot be used. Choose another one, or present on this screen alone.",
                "Denne skjermen kan ikke brukes. Velg en annen, eller vis på denne alene.",
                "Цей екран використати не вдається. Виберіть інший або показуйте лише на цьому.",
            ),
            Self::File => (
                "The file cannot be read or written. Check the folder and its permissions.",
                "Filen kan ikke leses eller skrives. Sjekk mappen og rettighetene.",
                "Файл не вдається прочитати або записати. Перевірте папку та права доступу.",
            ),
            Self::Certificate => (
                "The PDF could not be signed with this certificate, so no file was written. The detail says why.",
                "PDF-en kunne ikke signeres med dette sertifikatet, så ingen fil ble skrevet. Detaljene sier hvorfor.",
                "PDF не вдалося підписати цим сертифікатом, тож файл не записано. Причина в подробицях.",
            ),
            Self::PackChanged => (
                "This file is no pack, or was changed after it was signed. boardroom verify says what was changed.",
                "Denne filen er ingen pakke, eller ble endret etter signering. boardroom verify sier hva som ble endret.",
                "Цей файл не є пакетом або його змінили після підпису. boardroom verify покаже, що змінено.",
            ),
            Self::KeyFile => (
                "This is neither a public key nor a file of published keys. Save the company's /keys address and name that file.",
                "Dette er verken en offentlig nøkkel eller en fil med publiserte nøkler. Lagre selskapets /keys-adresse og oppgi den filen.",
                "Це не відкритий ключ і не файл з опублікованими ключами. Збережіть адресу /keys компанії та вкажіть цей файл.",
            ),
            Self::Malformed => (
                "The request does not read. This is a fault of the app; copy the details and report it.",
                "Forespørselen kan ikke leses. Dette er en feil i appen; kopier detaljene og meld fra.",
                "Запит не читається. Це помилка програми; скопіюйте подробиці й повідомте про неї.",
            ),
        }
    }
}

/// An error of a use case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", code.text())]
pub struct Fault {
    /// What to act on.
    pub code: Code,
    /// For support; no secret, no figure.
    pub detail: String,
}

impl Fault {
    /// A fault with detail for support.
    pub fn new(code: Code, detail: impl std::fmt::Display) -> Self {
        Self { code, detail: detail.to_string() }
    }

    /// As shown to the reader.
    pub fn view(&self, locale: Locale) -> FaultView {
        FaultView {
            code: self.code.text().into(),
            message: self.code.message(locale).into(),
            detail: self.detail.clone(),
        }
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self { code, detail: String::new() }
    }
}

impl From<SecretError> for Fault {
    fn from(error: SecretError) -> Self {
        let code = match error {
            SecretError::Missing(_) => Code::KeyringMissing,
            SecretError::Locked(_) => Code::KeyringLocked,
            SecretError::Failed(_) => Code::KeyringFailed,
        };
        Self::new(code, error)
    }
}

impl From<board_vault::OpenError> for Fault {
    fn from(error: board_vault::OpenError) -> Self {
        use board_vault::OpenError;
        let code = match error {
            OpenError::KeyWrong => Code::KeyWrong,
            OpenError::Newer { .. } => Code::VaultNewer,
            OpenError::Corrupt => Code::VaultCorrupt,
            OpenError::Busy => Code::VaultBusy,
            _ => Code::VaultFailed,
        };
        Self::new(code, error)
    }
}

impl From<board_vault::VaultError> for Fault {
    fn from(error: board_vault::VaultError) -> Self {
        use board_vault::VaultError;
        let code = match error {
            VaultError::Corrupt => Code::VaultCorrupt,
            VaultError::Busy => Code::VaultBusy,
            VaultError::NotHere { .. } => Code::NotSynced,
            _ => Code::VaultFailed,
        };
        Self::new(code, error)
    }
}
