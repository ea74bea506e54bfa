//! The committed demo is what the generator makes, holds what it promises, and its figures are plausible.

use std::collections::BTreeSet;

use board_domain::{
    Dashboard, Dimension, Formula, Period, Role, Section, definitions_v1, formula::MINIMUM_PEOPLE,
};

use super::{counting::read, files, rows::Feedback};

fn quarters() -> Vec<Period> {
    Period::Quarter(2026, 3).trailing(8)
}

#[test]
fn the_committed_files_are_what_the_generator_makes() {
    let folder = crate::root().join("assets/demo");
    for (name, text) in files().unwrap() {
        let committed = std::fs::read_to_string(folder.join(&name)).unwrap_or_default();
        assert!(committed == text, "{name} differs: run `cargo xtask demo-data`");
    }
}

#[test]
fn sizes_are_as_promised() {
    let files = files().unwrap();
    for (tenant, sessions, feedback) in [
        ("fjordlys", 4_500..5_500, 330),
        ("fjordlys-kraft", 800..1_200, 100),
        ("fjordlys-sjomat", 800..1_200, 100),
    ] {
        let data = read(&files, tenant);
        assert!(sessions.contains(&data.sessions.len()), "{tenant}: {} sessions", data.sessions.len());
        assert!(data.feedback.len() > feedback, "{tenant}: {} feedback lines", data.feedback.len());
        let months: BTreeSet<Period> =
            data.sessions.iter().map(|s| Period::holding(s.date, board_domain::Grain::Month)).collect();
        assert_eq!(months.len(), 24, "{tenant}");
        assert!(data.feedback.iter().all(|(_, row)| !row.participant.is_empty()), "{tenant}");
        for locale in ["en", "nb", "uk"] {
            assert!(
                data.feedback.iter().filter(|(_, row)| row.locale == locale).count() * 5 > feedback,
                "{tenant} {locale}"
            );
        }
        let texts: BTreeSet<&str> = data.feedback.iter().map(|(_, row)| row.text.as_str()).collect();
        assert_eq!(texts.len(), data.feedback.len(), "{tenant} says the same twice");
    }
}

#[test]
fn ids_are_unique_within_their_source() {
    let files = files().unwrap();
    for (name, text) in &files {
        if name.contains(".csv") {
            let first: Vec<&str> = text.lines().collect();
            assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), first.len(), "{name}");
        }
        if name.contains(".ndjson") {
            let ids: Vec<String> =
                text.lines().map(|line| serde_json::from_str::<Feedback>(line).unwrap().id).collect();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}");
        }
    }
}

#[test]
fn figures_of_the_group_are_plausible() {
    let data = read(&files().unwrap(), "fjordlys");
    let ranges = [
        ("sroi", 2.5..4.5),
        ("vis", 55.0..80.0),
        ("participants", 100.0..400.0),
        ("participation", 0.4..0.9),
        ("integration", 28.0..60.0),
    ];
    for quarter in quarters() {
        for (metric, range) in &ranges {
            let value = data.value(metric, quarter);
            assert!(range.contains(&value), "{metric} of {quarter} is {value}");
        }
    }
    let (first, last) = (quarters()[0], quarters()[7]);
    assert!(data.value("sroi", last) > data.value("sroi", first));
    assert!(data.value("integration", last) > 45.0);
    assert!(data.value("participants", last) > 250.0);
}

#[test]
fn no_quarter_of_a_subsidiary_has_to_withhold_its_value() {
    let files = files().unwrap();
    for tenant in ["fjordlys-kraft", "fjordlys-sjomat"] {
        let data = read(&files, tenant);
        for quarter in quarters() {
            let inputs = data.inputs(&Formula::SocialValue, quarter);
            assert!(inputs["people_with_outcome"] >= f64::from(MINIMUM_PEOPLE), "{tenant} {quarter}");
            let sroi = data.value("sroi", quarter);
            assert!((2.2..5.0).contains(&sroi), "{tenant} {quarter}: {sroi}");
        }
    }
}

#[test]
fn summer_and_christmas_are_quiet_and_september_2026_is_the_busiest_month() {
    let data = read(&files().unwrap(), "fjordlys");
    let count = |year, month| data.of(Period::Month(year, month)).count();
    for (year, quiet, before) in [(2024, 12, 11), (2025, 7, 6), (2025, 12, 11), (2026, 7, 6)] {
        assert!(count(year, quiet) * 4 < count(year, before) * 3, "{year}-{quiet}");
    }
    let busiest = Period::Month(2026, 9).trailing(24).into_iter().max_by_key(|month| data.of(*month).count());
    assert_eq!(busiest, Some(Period::Month(2026, 9)));
}

#[test]
fn reports_may_be_submitted_and_cite_feedback_of_their_period() {
    let files = files().unwrap();
    let seed: serde_json::Value = serde_json::from_str(&files["tenants.json"]).unwrap();
    let metrics: BTreeSet<_> = definitions_v1().into_iter().map(|definition| definition.id).collect();
    for tenant in seed["tenants"].as_array().unwrap() {
        let id = tenant["tenant"]["id"].as_str().unwrap();
        let data = read(&files, id);
        for report in tenant["reports"].as_array().unwrap() {
            let sections: Vec<Section> = serde_json::from_value(report["sections"].clone()).unwrap();
            let period = Period::parse(report["period"].as_str().unwrap()).unwrap();
            let submitted = !report["steps"].as_array().unwrap().is_empty();
            let said: BTreeSet<String> = data
                .feedback
                .iter()
                .filter(|(date, _)| period.contains(*date))
                .map(|(_, row)| super::feedback::evidence_id(id, &row.id))
                .collect();
            for section in &sections {
                let faults = section.narrative.faults();
                assert!(!submitted || faults.is_empty(), "{id} {}: {faults:?}", section.id);
                for cited in section.narrative.citations() {
                    assert!(said.contains(cited.as_str()), "{id} {} cites {cited}", section.id);
                }
                for key in section.narrative.figures() {
                    assert!(metrics.contains(&key.metric) && key.period == period, "{id} {key}");
                    assert!(data.people(&key) >= 10, "{id} {key} would be withheld");
                }
            }
        }
    }
}

#[test]
fn dashboards_can_be_shown_and_every_role_is_taken() {
    let files = files().unwrap();
    let seed: serde_json::Value = serde_json::from_str(&files["tenants.json"]).unwrap();
    for tenant in seed["tenants"].as_array().unwrap() {
        let dashboards: Vec<Dashboard> = serde_json::from_value(tenant["dashboards"].clone()).unwrap();
        assert_eq!(dashboards.len(), 3);
        for dashboard in dashboards {
            dashboard.check().unwrap();
        }
        let roles: BTreeSet<&str> = tenant["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|person| person["role"].as_str().unwrap())
            .collect();
        assert_eq!(roles.len(), Role::ALL.len());
    }
    let partner = &seed["partners"][0];
    assert_eq!(partner["tenants"].as_array().unwrap().len(), 3);
}

#[test]
fn some_feedback_carries_personal_data_and_every_dimension_is_spoken_of() {
    let data = read(&files().unwrap(), "fjordlys");
    let texts = || data.feedback.iter().map(|(_, row)| row.text.as_str());
    assert!(texts().filter(|text| text.contains("@post.example")).count() >= 5);
    assert!(texts().filter(|text| text.contains("+47 ")).count() >= 5);
    assert!(!texts().any(|text| text.contains(['{', '}'])));
    for quarter in quarters() {
        for dimension in Dimension::ALL {
            let people: BTreeSet<&str> = data
                .feedback
                .iter()
                .filter(|(date, row)| {
                    quarter.contains(*date) && row.scores.iter().any(|s| s.dimension == dimension.code())
                })
                .map(|(_, row)| row.participant.as_str())
                .collect();
            assert!(people.len() >= 5, "{quarter} {dimension:?}: {}", people.len());
        }
    }
}
