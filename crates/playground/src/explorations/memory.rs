//! The bytes of a training run, by what they are for and by ZeRO stage, beside a card.

use crate::control::{Control, Settings};
use crate::exploration::{Changes, Exploration, Place, Refusal};
use crate::view::View;
use descent::memory::{Method, Plan, Precision, Share, ZeroStage, sum};
use figures::{Bars, Curves, short};
use std::num::{NonZeroU32, NonZeroU64};

/// Ranks are shown up to here, in powers of two.
const MOST_RANKS: f64 = 1024.0;
const GIGABYTE: f64 = 1e9;
/// More than any cluster, and less than what cannot be counted.
const HIGHEST_RANKS: f64 = 1e6;

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "memory",
    title: "What fits on a card",
    invitation: "Type the size of your model, then look for the smallest stage that stays left of the \
                 line. What brings it there with fewer cards: a higher stage, or a smaller state?",
    controls: &[
        Control::number("parameters", "parameters (7e9 is 7 billion)", (1.0, 1e15), "7e9"),
        Control::pick("optimizer", "optimizer", OPTIMIZERS),
        Control::pick(
            "precision",
            "precision",
            &[
                ("mixed-bf16", "mixed, bf16"),
                ("mixed-fp16", "mixed, fp16"),
                ("fp32", "single (fp32)"),
                ("bf16", "bf16 throughout"),
            ],
        ),
        Control::pick(
            "stage",
            "ZeRO stage",
            &[
                ("0", "0: nothing divided"),
                ("1", "1: state"),
                ("2", "2: state and gradients"),
                ("3", "3: everything"),
            ],
        ),
        Control::number("ranks", "ranks", (1.0, HIGHEST_RANKS), "8"),
        Control::pick(
            "card",
            "card",
            &[
                ("80", "a card of 80 GB"),
                ("24", "a card of 24 GB"),
                ("40", "a card of 40 GB"),
                ("141", "a card of 141 GB"),
                ("192", "a card of 192 GB"),
            ],
        ),
        Control::number("rows", "rows of a matrix", (1.0, 1e6), "4096")
            .under("for rules that take matrices"),
        Control::number("columns", "columns of a matrix", (1.0, 1e6), "4096")
            .under("for rules that take matrices"),
    ],
    pick: Some(pick),
    view,
    ..Exploration::BLANK
};

/// The rules of [`descent::memory::METHODS`], the most usual first.
const OPTIMIZERS: &[(&str, &str)] = &[
    ("adamw", "AdamW"),
    ("adamw-8bit", "AdamW, 8-bit moments"),
    ("adamw-bf16", "AdamW, moments in bf16"),
    ("lion", "Lion"),
    ("adafactor", "Adafactor"),
    ("muon", "Muon"),
    ("sgd", "SGD"),
    ("momentum", "momentum"),
    ("nesterov", "Nesterov momentum"),
    ("adagrad", "Adagrad"),
    ("rmsprop", "RMSProp"),
    ("rmsprop-momentum", "RMSProp with momentum"),
    ("rmsprop-centered", "RMSProp, centered"),
    ("rmsprop-centered-momentum", "RMSProp, centered, with momentum"),
    ("adadelta", "Adadelta"),
    ("adam", "Adam"),
    ("amsgrad", "AMSGrad"),
    ("nadam", "NAdam"),
    ("radam", "RAdam"),
    ("schedule-free-adamw", "Schedule-Free AdamW"),
    ("lars", "LARS"),
    ("lamb", "LAMB"),
    ("signsgd", "signSGD"),
    ("signum", "Signum"),
    ("shampoo", "Shampoo"),
    ("soap", "SOAP"),
];

/// A whole number that was typed.
fn whole(settings: &Settings, control: &'static str) -> Result<u64, Refusal> {
    let number = settings.number(control);
    if number != libm::round(number) {
        let message = format!("a whole number is needed, and {number} is none");
        return Err(Refusal::of(control, message));
    }
    Ok(number as u64)
}

fn whole_small(settings: &Settings, control: &'static str) -> Result<NonZeroU32, Refusal> {
    let number = u32::try_from(whole(settings, control)?).ok().and_then(NonZeroU32::new);
    number.ok_or_else(|| Refusal::of(control, "a smaller number is needed, of at least 1"))
}

fn plan(settings: &Settings) -> Result<Plan, Refusal> {
    let parameters = NonZeroU64::new(whole(settings, "parameters")?);
    let stage =
        ZeroStage::ALL.into_iter().find(|stage| number_of(*stage) == settings.text("stage"));
    Ok(Plan {
        parameters: parameters.ok_or_else(|| Refusal::of("parameters", "at least 1 is needed"))?,
        precision: Precision::named(settings.text("precision"))
            .map_err(|error| Refusal::of("precision", error))?,
        optimizer: Method::named(settings.text("optimizer"))
            .map_err(|error| Refusal::of("optimizer", error))?,
        zero: stage.ok_or_else(|| Refusal::of("stage", "one of 0, 1, 2, 3"))?,
        ranks: whole_small(settings, "ranks")?,
        matrix: [whole_small(settings, "rows")?, whole_small(settings, "columns")?],
    })
}

fn number_of(stage: ZeroStage) -> &'static str {
    match stage {
        ZeroStage::Zero => "0",
        ZeroStage::One => "1",
        ZeroStage::Two => "2",
        ZeroStage::Three => "3",
    }
}

fn card(settings: &Settings) -> f64 {
    settings.text("card").parse::<f64>().unwrap_or(0.0)
}

/// Gigabytes on each rank.
fn gigabytes(plan: &Plan) -> f64 {
    sum(&plan.shares())[2] / GIGABYTE
}

/// What the bars are made of: the shares of a plan in gigabytes on each rank, its moments as one.
fn parts(plan: &Plan) -> [f64; 4] {
    let shares = plan.shares();
    let of = |is: &dyn Fn(&Share) -> bool| {
        shares.iter().filter(|share| is(share)).map(|share| share.per_rank / GIGABYTE).sum::<f64>()
    };
    let named = |name: &'static str| of(&|share: &Share| share.name == name);
    let first = [named("weights"), named("gradients"), named("master copy")];
    let others = |share: &Share| !PARTS.contains(&share.name);
    [first[0], first[1], first[2], of(&others)]
}

const PARTS: [&str; 4] = ["weights", "gradients", "master copy", "moments"];

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let plan = plan(settings)?;
    let card = card(settings);
    let name = format!("a card of {card} GB");
    let stages = ZeroStage::ALL.map(|zero| Plan { zero, ..plan });
    let needed = gigabytes(&plan);
    let shares = plan.shares();
    let [per_parameter, whole, _] = sum(&shares);

    let ranks = plan.ranks.get();
    let on = if ranks == 1 { "one rank".to_owned() } else { format!("{ranks} ranks") };
    let bars = Bars::new(
        "On each rank, by stage",
        &format!("Gigabytes on each of {on}, for each ZeRO stage, by what they are for."),
        &PARTS,
    )
    .axis("gigabytes on each rank")
    .limit(&name, card);
    let bars = stages.iter().fold(bars, |bars, stage| {
        bars.bar(&format!("stage {}", number_of(stage.zero)), &parts(stage))
    });
    let bars = bars.figure().caption(
        "A bar that ends left of the line leaves the rest of the card for activations, which are \
         not counted here.",
    );

    let ladder: Vec<f64> = (0..=10).map(|k| f64::from(1_u32 << k)).collect();
    let with = |stage: &Plan, ranks: f64| {
        NonZeroU32::new(ranks as u32).map_or(f64::NAN, |ranks| gigabytes(&Plan { ranks, ..*stage }))
    };
    let curves = Curves::new(
        "More ranks",
        "Gigabytes on each rank against the number of ranks, for each ZeRO stage.",
    )
    .axes("ranks", "gigabytes on each")
    .log_x()
    .log_y()
    .live()
    .level(&name, card)
    .upright(f64::from(ranks).min(MOST_RANKS));
    let curves = stages.iter().fold(curves, |curves, stage| {
        let each: Vec<f64> = ladder.iter().map(|&ranks| with(stage, ranks)).collect();
        curves.marked_curve(&format!("stage {}", number_of(stage.zero)), &ladder, &each)
    });
    let curves = curves.figure().caption(
        "Stages 1 and 2 come to rest at what they do not divide. Click to take a number of ranks \
         and the stage whose curve is nearest.",
    );

    let fewest = stages.map(|stage| stage.fewest_ranks(card * GIGABYTE));
    let summary = summary(&plan, &stages, &fewest, (card, needed, whole / GIGABYTE, per_parameter));
    let row = |share: &Share| {
        let bytes = [share.per_parameter, share.whole / GIGABYTE, share.per_rank / GIGABYTE];
        std::iter::once(share.name.to_owned()).chain(bytes.map(short)).collect()
    };
    let mut rows: Vec<Vec<String>> = shares.iter().map(row).collect();
    rows.push(vec![
        "in all".to_owned(),
        short(per_parameter),
        short(whole / GIGABYTE),
        short(needed),
    ]);
    let by_stage = stages.iter().zip(&fewest).map(|(stage, fewest)| {
        let each = gigabytes(stage);
        let left = if each <= card { short(card - each) } else { "does not fit".to_owned() };
        let ranks = fewest.map_or("none".to_owned(), |ranks| ranks.to_string());
        vec![format!("stage {}", number_of(stage.zero)), short(each), left, ranks]
    });
    let by_stage: Vec<Vec<String>> = by_stage.collect();
    let numbers: Vec<[f64; 4]> = stages.iter().map(parts).collect();
    Ok(View::new(&[bars, curves], summary)
        .table(
            &format!("Where the bytes are, at stage {} on {on}", number_of(plan.zero)),
            &["what", "bytes a parameter", "GB, whole", "GB on each rank"],
            &rows,
        )
        .table(
            &format!("The stages on {on}, and {name}"),
            &["stage", "GB on each rank", "GB left for activations", "fewest ranks that fit"],
            &by_stage,
        )
        .series("parts", numbers)
        .series("fewest", fewest.map(|ranks| ranks.map(NonZeroU32::get))))
}

fn summary(
    plan: &Plan,
    stages: &[Plan; 4],
    fewest: &[Option<NonZeroU32>; 4],
    (card, needed, whole, per_parameter): (f64, f64, f64, f64),
) -> String {
    let ranks = plan.ranks.get();
    let stage = number_of(plan.zero);
    let bytes = format!(
        "{} parameters at {} bytes each are {} GB, of which {} holds {} GB at stage \
         {stage}.",
        short(plan.parameters.get() as f64),
        short(per_parameter),
        short(whole),
        if ranks == 1 { "the one rank".to_owned() } else { format!("each of {ranks} ranks") },
        short(needed),
    );
    let verdict = if needed <= card {
        format!(
            "That fits on a card of {card} GB and leaves {} GB for activations, which are not \
             counted.",
            short(card - needed)
        )
    } else {
        format!(
            "That does not fit on a card of {card} GB: {} GB are missing, before any activations, \
             which are not counted.",
            short(needed - card)
        )
    };
    let on = if ranks == 1 { "one rank".to_owned() } else { format!("{ranks} ranks") };
    let smallest = stages.iter().find(|stage| gigabytes(stage) <= card);
    let remedy = match smallest {
        Some(found) => {
            format!("The smallest stage that fits on {on} is {}.", number_of(found.zero))
        }
        None => format!("No stage fits on {on}."),
    };
    let any = stages.iter().zip(fewest).find_map(|(stage, ranks)| Some((stage, (*ranks)?)));
    let ranks = match any {
        Some((found, ranks)) => format!(
            "With as many ranks as it takes, stage {} is enough, on {} or more.",
            number_of(found.zero),
            ranks
        ),
        None => "No number of ranks that can be counted is enough.".to_owned(),
    };
    format!("{bytes} {verdict} {remedy} {ranks}")
}

/// A place among the curves is a number of ranks, and the stage whose curve is nearest to it.
fn pick(settings: &Settings, place: &Place) -> Changes {
    let Ok(plan) = plan(settings) else { return Changes::new() };
    let ranks = libm::round(place.x).clamp(1.0, MOST_RANKS);
    let Some(count) = NonZeroU32::new(ranks as u32).filter(|_| place.part == 1 && place.y > 0.0)
    else {
        return Changes::new();
    };
    let distance = |zero: ZeroStage| {
        let each = gigabytes(&Plan { zero, ranks: count, ..plan });
        (libm::log(each) - libm::log(place.y)).abs()
    };
    let nearest = ZeroStage::ALL.into_iter().min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
    let stage = nearest.map_or("0", number_of);
    Changes::from([("ranks", count.to_string()), ("stage", stage.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explorations::corners;
    use std::collections::BTreeMap;

    fn show(settings: &[(&str, &str)]) -> Result<View, crate::ExplorationError> {
        corners::with(&EXPLORATION, settings)
    }

    #[test]
    fn every_optimizer_and_precision_is_offered() {
        let offered = |name: &str| OPTIMIZERS.iter().any(|(known, _)| *known == name);
        assert!(descent::memory::METHODS.iter().all(|method| offered(method.name)));
        assert_eq!(OPTIMIZERS.len(), descent::memory::METHODS.len());
        for precision in descent::memory::PRECISIONS {
            assert!(show(&[("precision", precision.name)]).is_ok());
        }
    }

    /// 7 billion at 16 bytes are 112 GB; on eight ranks 38.5, 26.25 and 14.
    #[test]
    fn the_first_state_is_the_accounting_by_hand() {
        let view = show(&[]).unwrap();
        let totals: Vec<f64> = (0..4)
            .map(|stage| {
                let parts = view.series["parts"][stage].as_array().unwrap();
                parts.iter().map(|part| part.as_f64().unwrap()).sum()
            })
            .collect();
        assert_eq!(totals, [112.0, 38.5, 26.25, 14.0]);
        assert!(view.summary.contains("does not fit on a card of 80 GB: 32 GB are missing"));
        assert!(view.summary.contains("The smallest stage that fits on 8 ranks is 1."));
        assert_eq!(view.series["fewest"], serde_json::json!([null, 2, 2, 2]));
    }

    #[test]
    fn moments_in_a_byte_bring_it_below_the_line_and_a_smaller_card_does_not() {
        let view = show(&[("optimizer", "adamw-8bit")]).unwrap();
        assert!(view.summary.contains("leaves 9.781 GB"), "{}", view.summary);
        let view = show(&[("stage", "1"), ("card", "24")]).unwrap();
        assert!(view.summary.contains("The smallest stage that fits on 8 ranks is 3."));
    }

    #[test]
    fn what_cannot_be_is_refused_beside_its_field() {
        for (control, value) in [
            ("ranks", "2.5"),
            ("ranks", "0"),
            ("ranks", "1e9"),
            ("parameters", "1.5"),
            ("parameters", "1e16"),
            ("parameters", "seven"),
            ("rows", "0.5"),
            ("card", "81"),
        ] {
            let error = show(&[(control, value)]).unwrap_err();
            assert_eq!(error.control(), Some(control), "{control} {value}: {error}");
        }
    }

    #[test]
    fn every_corner_draws() {
        for (optimizer, _) in OPTIMIZERS {
            for parameters in ["1", "7e9", "1e15"] {
                for ranks in ["1", "1000000"] {
                    for (rows, columns) in [("1", "1"), ("1", "1000000"), ("1000000", "3")] {
                        let view = show(&[
                            ("optimizer", optimizer),
                            ("parameters", parameters),
                            ("ranks", ranks),
                            ("rows", rows),
                            ("columns", columns),
                            ("stage", "3"),
                        ])
                        .unwrap();
                        let all = view.parts.concat();
                        assert!(
                            all.contains("<svg") && !all.contains("NaN") && !all.contains("inf")
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_place_among_the_curves_is_a_plan() {
        let settings = EXPLORATION.read(&BTreeMap::new()).unwrap();
        let place = |part, x, y| Place { part, x, y, near: (0.0, 0.0) };
        let changes = pick(&settings, &place(1, 15.7, 7.2));
        assert_eq!(changes["ranks"], "16");
        assert_eq!(changes["stage"], "3");
        assert!(pick(&settings, &place(0, 15.7, 7.2)).is_empty());
        assert_eq!(pick(&settings, &place(1, f64::MAX, 1e-9))["ranks"], "1024");
    }
}
