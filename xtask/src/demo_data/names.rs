//! Invented people: names to combine into addresses of reserved domains.

use board_domain::Locale;

use super::random::Random;

const UKRAINIAN_FIRST: [&str; 24] = [
    "Oksana", "Iryna", "Natalia", "Olena", "Kateryna", "Yulia", "Tetiana", "Svitlana", "Halyna", "Daryna",
    "Sofiia", "Marta", "Andrii", "Dmytro", "Oleh", "Serhii", "Taras", "Bohdan", "Vasyl", "Maksym", "Yurii",
    "Ihor", "Petro", "Roman",
];
const UKRAINIAN_LAST: [&str; 24] = [
    "Hnatiuk",
    "Kovalchuk",
    "Melnyk",
    "Shevchuk",
    "Bondarenko",
    "Tkachenko",
    "Lysenko",
    "Rudenko",
    "Marchuk",
    "Savchuk",
    "Polishchuk",
    "Kravets",
    "Moroz",
    "Oliinyk",
    "Panchenko",
    "Romaniuk",
    "Sydorenko",
    "Vasylenko",
    "Zinchenko",
    "Hrytsenko",
    "Danyliuk",
    "Fedorenko",
    "Klymenko",
    "Levchenko",
];
const WIDE_FIRST: [&str; 28] = [
    "Amina", "Layla", "Yasmin", "Rahel", "Selam", "Farida", "Maryam", "Hodan", "Nadia", "Zahra", "Leila",
    "Saba", "Ahmad", "Samir", "Yonas", "Dawit", "Omar", "Khalid", "Idris", "Bilal", "Tesfay", "Hassan",
    "Karim", "Rashid", "Thida", "Nway", "Carlos", "Lucia",
];
const WIDE_LAST: [&str; 28] = [
    "Haddad", "Tesfaye", "Warsame", "Rahimi", "Karimi", "Mansour", "Abdi", "Gebre", "Yohannes", "Saleh",
    "Nazari", "Habibi", "Farah", "Issa", "Kidane", "Osman", "Barakat", "Sultani", "Jama", "Mehari", "Azizi",
    "Darwish", "Hamidi", "Noori", "Aung", "Htun", "Rojas", "Mendez",
];
const NORWEGIAN_FIRST: [&str; 28] = [
    "Ingrid", "Kari", "Solveig", "Marit", "Silje", "Hanne", "Astrid", "Turid", "Maren", "Ragnhild", "Eline",
    "Vilde", "Sunniva", "Gro", "Lars", "Knut", "Bjarne", "Sindre", "Torstein", "Eirik", "Magnus", "Håkon",
    "Vidar", "Trond", "Jostein", "Aksel", "Odd", "Steinar",
];
const NORWEGIAN_LAST: [&str; 28] = [
    "Nordlid",
    "Solbakken",
    "Fjellvik",
    "Havnes",
    "Granli",
    "Myrvoll",
    "Tverrdal",
    "Brekkhus",
    "Sandnesmo",
    "Vikøren",
    "Lysgård",
    "Storvatn",
    "Elvestrand",
    "Haugmo",
    "Kvernes",
    "Lundamo",
    "Nesbakk",
    "Rognli",
    "Skogvoll",
    "Tangerud",
    "Ulvestad",
    "Vassbø",
    "Øyhaug",
    "Åkerlund",
    "Fossmo",
    "Grindal",
    "Heimdalsvik",
    "Isdahl",
];

/// The address of a participant; `number` keeps addresses apart.
pub(crate) fn participant(random: &mut Random, locale: Locale, number: usize) -> String {
    let (first, last) = if locale == Locale::Uk {
        (*random.pick(&UKRAINIAN_FIRST), *random.pick(&UKRAINIAN_LAST))
    } else {
        (*random.pick(&WIDE_FIRST), *random.pick(&WIDE_LAST))
    };
    address(first, last, &number.to_string(), "post.example")
}

/// The address of an employee who volunteers.
pub(crate) fn volunteer(random: &mut Random, number: usize) -> String {
    let (first, last) = (*random.pick(&NORWEGIAN_FIRST), *random.pick(&NORWEGIAN_LAST));
    address(first, last, &number.to_string(), "fjordlys.example")
}

/// A name for texts that must be redacted: of nobody in the data.
pub(crate) fn passer_by(random: &mut Random) -> String {
    format!("{} {}", random.pick(&NORWEGIAN_FIRST), random.pick(&NORWEGIAN_LAST))
}

fn address(first: &str, last: &str, number: &str, domain: &str) -> String {
    let ascii = |text: &str| text.to_lowercase().replace('æ', "ae").replace('ø', "o").replace('å', "a");
    format!("{}.{}{number}@{domain}", ascii(first), ascii(last))
}
