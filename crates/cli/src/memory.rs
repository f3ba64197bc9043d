//! `descent memory`: where the bytes of a training run go.

use anyhow::{Result, bail};
use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use descent::memory::{METHODS, Method, PRECISIONS, Plan, Precision, ZeroStage, sum};
use std::num::{NonZeroU32, NonZeroU64};
use std::process::ExitCode;

/// The worked examples, as they would be asked for.
const EXAMPLES: [&str; 2] = ["--parameters 13B --zero 1 --ranks 8", "--parameters 70B"];

// A parser of its own, so that the examples go the way of every other question.
#[derive(Parser)]
pub(crate) struct Arguments {
    /// How many parameters the model has: 13B, 1.3B, 350M, 124e6 or 124_439_808. Without this, two
    /// worked examples are printed.
    #[arg(long, value_name = "COUNT", value_parser = parameter_count, allow_hyphen_values = true)]
    parameters: Option<NonZeroU64>,
    /// The optimizer.
    #[arg(long, value_name = "NAME", default_value = "adamw", requires = "parameters",
          value_parser = PossibleValuesParser::new(METHODS.iter().map(|method| method.name))
              .try_map(|name| Method::named(&name)))]
    optimizer: Method,
    /// The number formats. Mixed precision keeps a master copy and the moments in fp32.
    #[arg(long, value_name = "NAME", default_value = "mixed-bf16", requires = "parameters",
          value_parser = PossibleValuesParser::new(PRECISIONS.iter().map(|format| format.name))
              .try_map(|name| Precision::named(&name)))]
    precision: Precision,
    /// The ZeRO stage: 1 divides the optimizer's state over the ranks, 2 also the gradients, 3 also
    /// the weights.
    #[arg(long, value_name = "STAGE", default_value = "0", requires = "parameters",
          allow_hyphen_values = true, value_parser = PossibleValuesParser::new(["0", "1", "2", "3"])
              .try_map(|stage| stage.parse().map(|stage: usize| ZeroStage::ALL[stage])))]
    zero: ZeroStage,
    /// How many ranks, that is data-parallel processes, train together.
    #[arg(long, value_name = "COUNT", default_value = "1", requires = "parameters",
          allow_hyphen_values = true, value_parser = positive)]
    ranks: NonZeroU32,
    /// The shape of the weight matrices, for optimizers whose state depends on it; 4096x4096 if
    /// none is given.
    #[arg(long, value_name = "ROWSxCOLUMNS", requires = "parameters", value_parser = matrix)]
    matrix: Option<[NonZeroU32; 2]>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    if let Some(parameters) = arguments.parameters {
        account(parameters, arguments)?;
    } else {
        for example in EXAMPLES {
            println!("descent memory {example}\n");
            let words = ["memory"].into_iter().chain(example.split(' '));
            run(&Arguments::try_parse_from(words)?)?;
            println!();
        }
        println!(
            "Ask for your own: `cargo run --release -- memory --parameters 1.3B --optimizer lion`; \
             `--help` lists every choice."
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn account(parameters: NonZeroU64, arguments: &Arguments) -> Result<()> {
    let &Arguments { optimizer, precision, zero, ranks, matrix, .. } = arguments;
    if matrix.is_some() && !optimizer.takes_matrices {
        bail!(
            "--matrix: the state of {} does not depend on shapes; leave --matrix out",
            optimizer.name
        );
    }
    let matrix = matrix.unwrap_or([const { NonZeroU32::new(4096).expect("is not zero") }; 2]);
    let plan = Plan { parameters, precision, optimizer, zero, ranks, matrix };
    let shares = plan.shares();

    println!(
        "{} parameters, {}, {}, ZeRO stage {}, {ranks} rank{}",
        grouped(parameters),
        optimizer.name,
        precision.name,
        zero as u8,
        if ranks.get() == 1 { "" } else { "s" }
    );
    println!("{:<24}{:>15}{:>14}{:>14}", "", "bytes/parameter", "one copy", "each rank");
    for share in &shares {
        print_row(share.name, [share.per_parameter, share.whole, share.per_rank]);
    }
    println!("{:-<67}", "");
    let state = shares.iter().filter(|share| share.divided_from == ZeroStage::One);
    print_row("optimizer state", sum(state));
    print_row("everything", sum(&shares));

    println!();
    if ranks.get() > 1 {
        let stages = ZeroStage::ALL.map(|zero| {
            let [_, _, per_rank] = sum(&Plan { zero, ..plan }.shares());
            format!("stage {} {}", zero as u8, bytes(per_rank))
        });
        println!("On each rank: {}.", stages.join(", "));
    } else if zero != ZeroStage::Zero {
        println!("One rank has nobody to divide with, so ZeRO saves nothing; set --ranks.");
    }
    if optimizer.takes_matrices {
        let [rows, columns] = matrix;
        println!(
            "Assumed: every weight lies in a {rows}x{columns} matrix. Vectors, and embeddings left \
             to another\noptimizer, cost differently."
        );
    }
    println!("Optimizer state is the master copy, if any, and the moments. 1 GB is 10^9 bytes.");
    println!(
        "Not counted: activations, communication buffers, fp32 accumulation of gradients, \
         fragmentation."
    );
    Ok(())
}

fn print_row(name: &str, [per_parameter, whole, per_rank]: [f64; 3]) {
    let (whole, per_rank) = (bytes(whole), bytes(per_rank));
    println!("{name:<24}{per_parameter:>15.4}{whole:>14}{per_rank:>14}");
}

/// A count with its digits in groups of three: 13_000_000_000.
fn grouped(count: NonZeroU64) -> String {
    let digits = count.to_string();
    let groups = digits.char_indices().map(|(at, digit)| match (digits.len() - at) % 3 {
        0 if at > 0 => format!("_{digit}"),
        _ => digit.to_string(),
    });
    groups.collect()
}

/// Bytes to two decimals, in the unit that leaves one to three digits before the point.
fn bytes(count: f64) -> String {
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    // What two decimals would round up to 1000.00 belongs to the next unit.
    match units.into_iter().find(|(_, size)| count >= 0.999_995 * size) {
        Some((unit, size)) => format!("{:.2} {unit}", count / size),
        None => format!("{count:.2} B"),
    }
}

/// A number of parameters: 13B, 1.3B, 350M, 124e6 or 124_439_808.
fn parameter_count(text: &str) -> Result<NonZeroU64, String> {
    const FORMS: &str = "write it as 13B, 1.3B, 350M, 124e6 or 124_439_808";
    // The unit becomes a decimal exponent, so that 1.3B is read exactly.
    let mut number = text.replace('_', "");
    let exponent = match number.pop() {
        Some('K' | 'k') => "e3".to_owned(),
        Some('M' | 'm') => "e6".to_owned(),
        Some('B' | 'b') => "e9".to_owned(),
        Some('T' | 't') => "e12".to_owned(),
        last => last.into_iter().collect(),
    };
    number.push_str(&exponent);
    let count: f64 = number.parse().map_err(|_| format!("not a number of parameters; {FORMS}"))?;
    // Up to 10^15 double precision counts exactly.
    let count =
        if (1.0..=1e15).contains(&count) && count.fract() == 0.0 { count as u64 } else { 0 };
    NonZeroU64::new(count).ok_or_else(|| format!("not a whole number from 1 to 1e15; {FORMS}"))
}

fn positive(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| format!("not a whole number from 1 to {}", u32::MAX))
}

fn matrix(text: &str) -> Result<[NonZeroU32; 2], String> {
    let sides = text.split_once('x').ok_or("write rows and columns as in 4096x1024")?;
    Ok([positive(sides.0)?, positive(sides.1)?])
}
