//! The three invented companies: how large each programme is, who may sign in, and what they look like.

use board_domain::{
    Currency, IdError, Locale, Person, PersonId, Programme, ProgrammeId, Role, Tenant, TenantId, Watermark,
    Words,
};

/// A tenant of the demo and the size of its activity.
pub(crate) struct Company {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) short_name: &'static str,
    pub(crate) locale: Locale,
    pub(crate) industry: &'static str,
    pub(crate) employees: u32,
    pub(crate) accent: &'static str,
    /// Participants who are there in the first month.
    pub(crate) founders: usize,
    /// Participants who join in a month, at the beginning and at the end of the 24 months.
    pub(crate) joining: (f64, f64),
    /// Volunteers in all.
    pub(crate) volunteers: usize,
    /// Feedback lines besides the written ones.
    pub(crate) feedback: usize,
    /// Cost of all programmes in a month in NOK, at the beginning and at the end.
    pub(crate) monthly_cost: (f64, f64),
    /// Where the pairs live.
    pub(crate) places: &'static [&'static str],
    people: &'static [(&'static str, Role)],
}

/// Who looks after all three.
pub(crate) const PARTNER: (&str, &str) = ("brobygger", "Brobygger Partners");

/// Signed in to all three companies.
const EVERYWHERE: [(&str, Role); 2] =
    [("Astrid Vikholm", Role::SuperAdmin), ("Jonas Bruland", Role::Partner)];

pub(crate) const COMPANIES: [Company; 3] = [
    Company {
        id: "fjordlys",
        name: "Fjordlys Group",
        short_name: "Fjordlys",
        locale: Locale::En,
        industry: "energy",
        employees: 4_200,
        accent: "#0F5C7A",
        founders: 95,
        joining: (17.0, 27.0),
        volunteers: 150,
        feedback: 340,
        monthly_cost: (645_000.0, 1_315_000.0),
        places: &["Oslo", "Bergen", "Trondheim", "Stavanger", "Tromsø"],
        people: &[
            ("Ragnhild Tangen", Role::Viewer),
            ("Henrik Aasmo", Role::Director),
            ("Liv Marie Sundby", Role::Director),
            ("Kari Nordlid", Role::Manager),
            ("Tobias Fjelde", Role::Manager),
            ("Mina Okstad", Role::Admin),
        ],
    },
    Company {
        id: "fjordlys-kraft",
        name: "Fjordlys Kraft AS",
        short_name: "Fjordlys_Kraft",
        locale: Locale::Nb,
        industry: "energy",
        employees: 900,
        accent: "#7A4A0F",
        founders: 26,
        joining: (3.0, 4.4),
        volunteers: 40,
        feedback: 200,
        monthly_cost: (126_000.0, 204_000.0),
        places: &["Bergen", "Odda", "Sogndal"],
        people: &[
            ("Per Olav Stene", Role::Viewer),
            ("Unni Rakvåg", Role::Director),
            ("Eivind Kolstad", Role::Manager),
            ("Siri Dalheim", Role::Admin),
        ],
    },
    Company {
        id: "fjordlys-sjomat",
        name: "Fjordlys Sjømat AS",
        short_name: "Fjordlys_Sjomat",
        locale: Locale::Nb,
        industry: "manufacturing",
        employees: 650,
        accent: "#1F6B4A",
        founders: 26,
        joining: (3.0, 4.2),
        volunteers: 36,
        feedback: 200,
        monthly_cost: (145_000.0, 239_000.0),
        places: &["Tromsø", "Bodø", "Hammerfest"],
        people: &[
            ("Brita Lorentsen", Role::Viewer),
            ("Geir Mikkelborg", Role::Director),
            ("Anniken Storli", Role::Manager),
            ("Pål Evensmo", Role::Admin),
        ],
    },
];

/// A person who may sign in.
pub(crate) struct SignedIn {
    pub(crate) person: Person,
    pub(crate) email: String,
}

impl Company {
    /// The tenant as the product knows it.
    pub(crate) fn tenant(&self) -> Result<Tenant, IdError> {
        Ok(Tenant {
            id: TenantId::new(self.id)?,
            name: self.name.into(),
            short_name: self.short_name.into(),
            locale: self.locale,
            zone: "Europe/Oslo".into(),
            currency: Currency::parse("NOK").ok_or(IdError)?,
            industry: self.industry.into(),
            employees: self.employees,
            accent: self.accent.into(),
            // Long words, with the approver and the time, stay on one line of the page at this size.
            watermark: Watermark { size: 22.0, ..Watermark::default() },
            partner: Some(PARTNER.0.into()),
            benchmark_consent: true,
        })
    }

    /// Everybody with a role here, highest of the order of the list last.
    pub(crate) fn people(&self) -> Result<Vec<SignedIn>, IdError> {
        self.people
            .iter()
            .chain(&EVERYWHERE)
            .map(|(name, role)| {
                let slug = slug(name);
                let domain = if *role == Role::Partner { "brobygger.example" } else { "fjordlys.example" };
                Ok(SignedIn {
                    email: format!("{}@{domain}", slug.replace('-', ".")),
                    person: Person { id: PersonId::new(slug)?, name: (*name).into(), role: *role },
                })
            })
            .collect()
    }

    /// The first person with a role.
    pub(crate) fn first(&self, role: Role) -> Result<PersonId, IdError> {
        let people = self.people()?;
        people.into_iter().map(|p| p.person).find(|p| p.role == role).map(|p| p.id).ok_or(IdError)
    }
}

/// The four programmes.
pub(crate) fn programmes() -> Result<Vec<Programme>, IdError> {
    [
        ("buddy", Words::new("Buddy", "Fadder", "Напарник")),
        ("language", Words::new("Language Connect", "Språkvenn", "Мовний партнер")),
        ("mentoring", Words::new("Mentoring", "Mentor", "Наставництво")),
        ("upskilling", Words::new("Upskilling", "Kompetanseløft", "Підвищення кваліфікації")),
    ]
    .into_iter()
    .map(|(id, name)| Ok(Programme { id: ProgrammeId::new(id)?, name }))
    .collect()
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace('æ', "ae").replace('ø', "o").replace('å', "a").replace(' ', "-")
}
