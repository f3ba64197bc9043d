//! Formulas typed as text.
//!
//! ```text
//! (1 - beta^t) * mu        numbers, symbols, + - * / ^, parentheses
//! 2t (1 - beta)            multiplication may be left out
//! g_i   g_(i + 1)   g[i]   a term of a sequence
//! sum(i = 1..t, g_i)       a sum; also sum(i, 1, t, g_i) and Σ(i = 1..t, g_i)
//! sqrt(v)  exp(x)  log(x)  |x|  log2 log10 sin cos asin acos tanh floor ceil sign  min(a, b)  max(a, b)
//! 1e-8   pi   e
//! ```
//!
//! Characters that only look different (`·`, `−`, `βᵗ`, `gᵢ`, `µ`) are read as what they stand for.

use thiserror::Error;

/// Longer formulas than this are refused unread.
const MOST_CHARACTERS: usize = 1_000;
/// Deeper nesting than this is refused.
const MOST_NESTING: usize = 40;
/// An evaluation that takes more operations than this is given up.
const MOST_OPERATIONS: usize = 5_000;

/// A formula that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    root: Node,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Symbol(String),
    Term(String, Box<Node>),
    Negate(Box<Node>),
    Operation(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
    Sum { index: String, from: Box<Node>, to: Box<Node>, body: Box<Node> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Sqrt,
    Exp,
    Log,
    Log2,
    Log10,
    Abs,
    Sin,
    Cos,
    Asin,
    Acos,
    Tanh,
    Floor,
    Ceil,
    Sign,
    Min,
    Max,
}

impl Function {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sqrt" | "√" => Self::Sqrt,
            "exp" => Self::Exp,
            "log" | "ln" => Self::Log,
            "log2" => Self::Log2,
            "log10" => Self::Log10,
            "abs" => Self::Abs,
            "sin" => Self::Sin,
            "cos" => Self::Cos,
            "asin" | "arcsin" => Self::Asin,
            "acos" | "arccos" => Self::Acos,
            "tanh" => Self::Tanh,
            "floor" => Self::Floor,
            "ceil" => Self::Ceil,
            "sign" | "sgn" => Self::Sign,
            "min" => Self::Min,
            "max" => Self::Max,
            _ => return None,
        })
    }

    /// Whether it takes one argument or, as min and max do, two and more.
    fn takes(self, arguments: usize) -> bool {
        match self {
            Self::Min | Self::Max => arguments >= 2,
            _ => arguments == 1,
        }
    }

    fn apply(self, arguments: &[f64]) -> f64 {
        let x = arguments[0];
        match self {
            Self::Sqrt => x.sqrt(),
            Self::Exp => libm::exp(x),
            Self::Log => libm::log(x),
            Self::Log2 => libm::log2(x),
            Self::Log10 => libm::log10(x),
            Self::Abs => x.abs(),
            Self::Sin => libm::sin(x),
            Self::Cos => libm::cos(x),
            Self::Asin => libm::asin(x),
            Self::Acos => libm::acos(x),
            Self::Tanh => libm::tanh(x),
            Self::Floor => x.floor(),
            Self::Ceil => x.ceil(),
            // Zero has sign 0, and what is not a number has none.
            Self::Sign if x == 0.0 || x.is_nan() => x,
            Self::Sign => x.signum(),
            Self::Min => arguments.iter().copied().fold(x, f64::min),
            Self::Max => arguments.iter().copied().fold(x, f64::max),
        }
    }
}

/// Why a formula could not be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("at character {position}: {message}")]
pub struct ParseError {
    /// Which character of the text the message is about, from 1.
    pub position: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// Why a formula has no value.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EvaluationError {
    /// A symbol that the problem does not know.
    #[error("`{0}` is not one of this problem's symbols")]
    UnknownSymbol(String),
    /// A sequence without an index.
    #[error("`{0}` is a sequence: write one of its terms, such as {0}_i or {0}_1")]
    SequenceWithoutIndex(String),
    /// An index on something that is not a sequence.
    #[error("`{0}` is a single number: write it without an index")]
    IndexOnNumber(String),
    /// A sum or an index that is not a whole number.
    #[error("{0} must be a whole number")]
    NotWhole(String),
    /// A sum with too many terms, or sums within sums.
    #[error("this formula takes too many operations to work out; use a closed form")]
    TooLong,
}

/// What symbols stand for while a formula is evaluated.
pub trait Scope {
    /// The value of a symbol.
    ///
    /// # Errors
    /// If there is no such symbol, or it is a sequence.
    fn symbol(&self, name: &str) -> Result<f64, EvaluationError>;

    /// A term of a sequence.
    ///
    /// # Errors
    /// If there is no such sequence.
    fn term(&self, name: &str, index: i64) -> Result<f64, EvaluationError>;
}

impl Expression {
    /// Reads a formula.
    ///
    /// # Errors
    /// Says at which character reading failed and what was expected there.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.chars().count() > MOST_CHARACTERS {
            return Err(ParseError {
                position: MOST_CHARACTERS,
                message: format!("the formula is longer than {MOST_CHARACTERS} characters"),
            });
        }
        let (characters, positions) = plain(text).into_iter().unzip();
        let end = text.chars().count() + 1;
        let mut reader = Reader { characters, positions, end, at: 0, depth: 0 };
        let root = reader.sum_of_products()?;
        match reader.peek() {
            None => Ok(Self { root }),
            Some(')') => Err(reader.error("this `)` closes nothing; remove it or open it before")),
            Some('=') => Err(reader.error("write one side only, without the equals sign")),
            Some(',') => Err(reader.error(
                "a comma means nothing in a number; write 0.5 with a point, and 2300 without a mark",
            )),
            Some(other) => Err(reader.error(&format!("`{other}` does not belong here"))),
        }
    }

    /// The value of the formula; infinite or NaN where it is not defined.
    ///
    /// # Errors
    /// If a symbol is unknown or misused, or the work is too much.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<f64, EvaluationError> {
        self.evaluate_with(scope, 1.0)
    }

    /// Whether a sum in the formula does the work: its terms depend on its index, its bounds on a
    /// symbol, and the formula's value on its terms.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn rests_on_a_sum(&self, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        let (value, doubled) = (self.evaluate(scope)?, self.evaluate_with(scope, 2.0)?);
        Ok((doubled - value).abs() > 1e-6 * value.abs())
    }

    /// Whether there is a sum in the formula.
    pub fn has_a_sum(&self) -> bool {
        self.root.has_a_sum()
    }

    /// The value if every term of a sum that could do the work were so many times as large.
    fn evaluate_with(&self, scope: &dyn Scope, factor: f64) -> Result<f64, EvaluationError> {
        let mut evaluation = Evaluation { scope, bound: Vec::new(), left: MOST_OPERATIONS, factor };
        evaluation.value(&self.root)
    }

    /// Refuses unknown and misused symbols, also where an evaluation would not come across them.
    ///
    /// # Errors
    /// At the first such symbol.
    pub fn check_symbols(&self, scope: &dyn Scope) -> Result<(), EvaluationError> {
        let mut evaluation =
            Evaluation { scope, bound: Vec::new(), left: MOST_OPERATIONS, factor: 1.0 };
        evaluation.check(&self.root)
    }

    /// Whether the formula mentions one of these names.
    pub fn mentions(&self, names: &[&str]) -> bool {
        self.root.mentions(&|name| names.contains(&name))
    }
}

impl Node {
    /// Whether a symbol's name, with its index if it is written with one, satisfies `wanted`.
    fn mentions(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Symbol(name) => wanted(name),
            Self::Term(name, index) => {
                wanted(name)
                    || index.as_suffix().is_some_and(|suffix| wanted(&format!("{name}_{suffix}")))
                    || index.mentions(wanted)
            }
            Self::Negate(inner) => inner.mentions(wanted),
            Self::Call(_, arguments) => arguments.iter().any(|inner| inner.mentions(wanted)),
            Self::Operation(_, left, right) => left.mentions(wanted) || right.mentions(wanted),
            Self::Sum { from, to, body, .. } => {
                from.mentions(wanted) || to.mentions(wanted) || body.mentions(wanted)
            }
        }
    }

    fn has_a_sum(&self) -> bool {
        match self {
            Self::Sum { .. } => true,
            Self::Number(_) | Self::Symbol(_) => false,
            Self::Term(_, inner) | Self::Negate(inner) => inner.has_a_sum(),
            Self::Call(_, arguments) => arguments.iter().any(Self::has_a_sum),
            Self::Operation(_, left, right) => left.has_a_sum() || right.has_a_sum(),
        }
    }

    /// An index that may be part of a name, as in m_t or beta_1.
    fn as_suffix(&self) -> Option<String> {
        match self {
            Self::Symbol(index) => Some(index.clone()),
            Self::Number(index) => Some(index.to_string()),
            _ => None,
        }
    }
}

/// The characters of a text as the reader knows them, each with the place it came from, from 1.
fn plain(text: &str) -> Vec<(char, usize)> {
    const SUPERSCRIPTS: (&str, &str) = ("⁰¹²³⁴⁵⁶⁷⁸⁹ᵗⁱʲᵏⁿ⁺⁻⁽⁾", "0123456789tijkn+-()");
    const SUBSCRIPTS: (&str, &str) = ("₀₁₂₃₄₅₆₇₈₉ₜᵢⱼₖₙ₊₋", "0123456789tijkn+-");
    let lowered = |(from, to): (&str, &str), c: char| {
        from.chars().zip(to.chars()).find(|(raised, _)| *raised == c).map(|(_, plain)| plain)
    };
    let mut plain = Vec::new();
    let mut open = None;
    for (c, position) in text.chars().zip(1..) {
        let script = lowered(SUPERSCRIPTS, c)
            .map(|c| (c, '^'))
            .or_else(|| lowered(SUBSCRIPTS, c).map(|c| (c, '_')));
        if open != script.map(|(_, kind)| kind) {
            if open.is_some() {
                plain.push(('}', position));
            }
            open = script.map(|(_, kind)| kind);
            plain.extend(open.iter().flat_map(|kind| [(*kind, position), ('{', position)]));
        }
        let read_as = match script.map_or(c, |(c, _)| c) {
            'µ' | '𝜇' => "μ",
            'ϐ' | '𝛽' => "β",
            '𝑡' => "t",
            '⋅' | '∙' | '•' | '∗' | '·' | '×' => "*",
            '÷' | '∕' | '⁄' => "/",
            '–' | '‐' | '—' | '−' => "-",
            'Σ' | '∑' => " sum",
            '\u{200b}' | '\u{feff}' => "",
            other => {
                plain.push((other, position));
                continue;
            }
        };
        plain.extend(read_as.chars().map(|c| (c, position)));
    }
    if open.is_some() {
        plain.push(('}', text.chars().count() + 1));
    }
    plain
}

/// A recursive-descent reader: one method for each level of binding strength.
struct Reader {
    characters: Vec<char>,
    /// Where each character stands in the text as it was typed.
    positions: Vec<usize>,
    /// The place behind the last one.
    end: usize,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&mut self) -> Option<char> {
        while self.characters.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.characters.get(self.at).copied()
    }

    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let found = self.peek().filter(|c| wanted.contains(c))?;
        self.at += 1;
        Some(found)
    }

    fn expect(&mut self, wanted: char, why: &str) -> Result<(), ParseError> {
        match self.take(&[wanted]) {
            Some(_) => Ok(()),
            None => Err(self.error(&format!("expected `{wanted}` {why}"))),
        }
    }

    fn error(&mut self, message: &str) -> ParseError {
        self.peek();
        ParseError { position: self.position(self.at), message: message.to_owned() }
    }

    /// The place in the text of the character at `at`; behind the last one, the text's end.
    fn position(&self, at: usize) -> usize {
        self.positions.get(at).copied().unwrap_or(self.end)
    }

    /// Runs `read` one level deeper, within the limit that keeps the stack safe.
    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Node, ParseError>,
    ) -> Result<Node, ParseError> {
        if self.depth == MOST_NESTING {
            return Err(self.error(&format!("the formula is nested more than {MOST_NESTING} deep")));
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn sum_of_products(&mut self) -> Result<Node, ParseError> {
        self.nested(|reader| {
            let mut left = reader.product()?;
            while let Some(sign) = reader.take(&['+', '-']) {
                let operator = if sign == '+' { Operator::Add } else { Operator::Subtract };
                let right = reader.product()?;
                left = Node::Operation(operator, Box::new(left), Box::new(right));
            }
            Ok(left)
        })
    }

    fn product(&mut self) -> Result<Node, ParseError> {
        let mut left = self.signed()?;
        loop {
            let operator = match self.take(&['*', '/']) {
                Some('/') => Operator::Divide,
                Some(_) => Operator::Multiply,
                // `2 300` is meant as one number, and would be read as a product.
                None if self.peek().is_some_and(|c| c.is_ascii_digit())
                    && self.after_a_number() =>
                {
                    return Err(self.error(
                        "two numbers stand side by side; write them as one, or put a * between them",
                    ));
                }
                // What can begin a factor multiplies even without a sign.
                None if self.peek().is_some_and(begins_factor) => Operator::Multiply,
                None => return Ok(left),
            };
            let right = self.signed()?;
            left = Node::Operation(operator, Box::new(left), Box::new(right));
        }
    }

    /// Whether what was read last, blanks apart, is a digit.
    fn after_a_number(&self) -> bool {
        let before = self.characters[..self.at].iter().rev().find(|c| !c.is_whitespace());
        before.is_some_and(char::is_ascii_digit)
    }

    fn signed(&mut self) -> Result<Node, ParseError> {
        if self.take(&['+']).is_some() {
            return self.nested(Self::signed);
        }
        if self.take(&['-']).is_some() {
            return self.nested(|reader| Ok(Node::Negate(Box::new(reader.signed()?))));
        }
        self.power()
    }

    fn power(&mut self) -> Result<Node, ParseError> {
        let base = self.atom()?;
        let two_stars = self.peek() == Some('*') && self.characters.get(self.at + 1) == Some(&'*');
        if two_stars {
            self.at += 2;
        } else if self.take(&['^']).is_none() {
            return Ok(base);
        }
        let exponent = self.nested(Self::exponent)?;
        Ok(Node::Operation(Operator::Power, Box::new(base), Box::new(exponent)))
    }

    /// An exponent may carry a sign, and braces as in TeX.
    fn exponent(&mut self) -> Result<Node, ParseError> {
        if self.take(&['{']).is_some() {
            let inner = self.sum_of_products()?;
            self.expect('}', "to close the exponent")?;
            return Ok(inner);
        }
        self.signed()
    }

    fn atom(&mut self) -> Result<Node, ParseError> {
        match self.peek() {
            Some(open @ ('(' | '[')) => {
                self.at += 1;
                let inner = self.sum_of_products()?;
                self.expect(if open == '(' { ')' } else { ']' }, "to close the parenthesis")?;
                Ok(inner)
            }
            Some('|') => {
                self.at += 1;
                let inner = self.sum_of_products()?;
                self.expect('|', "to close the absolute value")?;
                Ok(Node::Call(Function::Abs, vec![inner]))
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_alphabetic() || c == '√' => self.named(),
            Some(other) => {
                Err(self.error(&format!("expected a number, a symbol or `(`, but found `{other}`")))
            }
            None => {
                Err(self.error("the formula ends where a number, a symbol or `(` should follow"))
            }
        }
    }

    fn number(&mut self) -> Result<Node, ParseError> {
        let start = self.at;
        let mut digits = String::new();
        while let Some(&c) = self.characters.get(self.at) {
            // `1..t` is a range: its dots do not belong to the number.
            let range = c == '.' && self.characters.get(self.at + 1) == Some(&'.');
            if !(c.is_ascii_digit() || c == '.') || range {
                break;
            }
            digits.push(c);
            self.at += 1;
        }
        digits += &self.exponent_of_ten();
        digits.parse().map(Node::Number).map_err(|_| ParseError {
            position: self.position(start),
            message: match digits.as_str() {
                "" => "dots cannot be read; write sum(i = 1..t, g_i) or a closed form".to_owned(),
                digits => format!("`{digits}` is not a number"),
            },
        })
    }

    /// What follows a number as in 1e-8; `2e` with nothing behind it is two times a symbol, and so is
    /// `2E0`, whose E is a letter in many formulas.
    fn exponent_of_ten(&mut self) -> String {
        let behind = |offset: usize| self.characters.get(self.at + offset).copied();
        let signed = usize::from(behind(1).is_some_and(|c| matches!(c, '+' | '-')));
        if !(behind(0) == Some('e') || behind(0) == Some('E') && signed == 1) {
            return String::new();
        }
        let is_digit = |offset: usize| behind(offset).is_some_and(|c| c.is_ascii_digit());
        let digits = (1 + signed..).take_while(|offset| is_digit(*offset)).count();
        if digits == 0 {
            return String::new();
        }
        let end = self.at + 1 + signed + digits;
        let text = self.characters[self.at..end].iter().collect();
        self.at = end;
        text
    }

    /// A word of Latin letters and digits, or one other letter with the digits behind it: `ηλ` is a
    /// product, `β1` is not.
    fn name(&mut self) -> Option<String> {
        let start = self.at;
        let word = |c: char| c.is_ascii_alphanumeric();
        let first = self.characters.get(start).copied()?;
        let goes_on = match word(first) {
            true => word,
            false if first.is_alphabetic() => |c: char| c.is_ascii_digit(),
            // A root sign is a name by itself.
            false => |_: char| false,
        };
        if !(first.is_alphanumeric() || first == '√') {
            return None;
        }
        self.at += 1;
        while self.characters.get(self.at).is_some_and(|c| goes_on(*c)) {
            self.at += 1;
        }
        Some(self.characters[start..self.at].iter().collect())
    }

    fn named(&mut self) -> Result<Node, ParseError> {
        let name = self.name().unwrap_or_default();
        if name.eq_ignore_ascii_case("sum") {
            return self.sum();
        }
        if name == "√" && self.peek() != Some('(') {
            return Ok(Node::Call(Function::Sqrt, vec![self.nested(Self::atom)?]));
        }
        if let Some(function) = Function::named(&name) {
            self.expect('(', &format!("after `{name}`"))?;
            let mut arguments = vec![self.sum_of_products()?];
            while self.take(&[',']).is_some() {
                arguments.push(self.sum_of_products()?);
            }
            if !function.takes(arguments.len()) {
                let takes =
                    if function.takes(1) { "one argument" } else { "two arguments or more" };
                return Err(self.error(&format!("`{name}` takes {takes}")));
            }
            self.expect(')', &format!("to close `{name}(`"))?;
            return Ok(Node::Call(function, arguments));
        }
        match self.take(&['_', '[']) {
            None => Ok(Node::Symbol(name)),
            Some('[') => {
                let index = self.sum_of_products()?;
                self.expect(']', "to close the index")?;
                Ok(Node::Term(name, Box::new(index)))
            }
            Some(_) => {
                let index = self.nested(Self::subscript)?;
                Ok(Node::Term(name, Box::new(index)))
            }
        }
    }

    fn subscript(&mut self) -> Result<Node, ParseError> {
        if let Some(open) = self.take(&['{', '(']) {
            let inner = self.sum_of_products()?;
            self.expect(if open == '{' { '}' } else { ')' }, "to close the index")?;
            return Ok(inner);
        }
        match self.peek() {
            Some(c) if c.is_ascii_digit() => self.number(),
            Some(c) if c.is_alphabetic() => Ok(Node::Symbol(self.name().unwrap_or_default())),
            _ => Err(self.error("expected an index after `_`, such as g_i or g_{i + 1}")),
        }
    }

    /// `(i = 1..t, body)` or `(i, 1, t, body)`.
    fn sum(&mut self) -> Result<Node, ParseError> {
        const FORM: &str = "in a sum; write sum(i = 1..t, g_i)";
        self.expect('(', "after `sum`; write sum(i = 1..t, g_i)")?;
        if !self.peek().is_some_and(char::is_alphabetic) {
            return Err(self.error("a sum begins with its index; write sum(i = 1..t, g_i)"));
        }
        let index = self.name().unwrap_or_default();
        let (from, to);
        if self.take(&['=']).is_some() {
            from = self.sum_of_products()?;
            self.expect('.', FORM)?;
            self.expect('.', FORM)?;
            self.take(&['.']);
            to = self.sum_of_products()?;
        } else {
            self.expect(',', FORM)?;
            from = self.sum_of_products()?;
            self.expect(',', FORM)?;
            to = self.sum_of_products()?;
        }
        self.expect(',', FORM)?;
        let body = self.sum_of_products()?;
        self.expect(')', "to close the sum")?;
        let [from, to, body] = [from, to, body].map(Box::new);
        Ok(Node::Sum { index, from, to, body })
    }
}

fn begins_factor(c: char) -> bool {
    c == '(' || c == '√' || c.is_alphanumeric()
}

/// An evaluation under way: sums bind their indices, and the work left is counted down.
struct Evaluation<'a> {
    scope: &'a dyn Scope,
    bound: Vec<(String, f64)>,
    left: usize,
    factor: f64,
}

impl Evaluation<'_> {
    fn value(&mut self, node: &Node) -> Result<f64, EvaluationError> {
        self.left = self.left.checked_sub(1).ok_or(EvaluationError::TooLong)?;
        Ok(match node {
            Node::Number(number) => *number,
            Node::Symbol(name) => match self.bound.iter().rev().find(|(bound, _)| bound == name) {
                Some((_, value)) => *value,
                None => self.symbol(name)?,
            },
            Node::Term(name, index) => match self.named_with_index(name, index) {
                Some(value) => value,
                None => {
                    let index = self.whole(index, "an index")?;
                    self.scope.term(name, index)?
                }
            },
            Node::Negate(inner) => -self.value(inner)?,
            Node::Call(function, arguments) => {
                let values = arguments.iter().map(|inner| self.value(inner));
                function.apply(&values.collect::<Result<Vec<_>, _>>()?)
            }
            Node::Operation(operator, left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                match operator {
                    Operator::Add => left + right,
                    Operator::Subtract => left - right,
                    Operator::Multiply => left * right,
                    Operator::Divide => left / right,
                    Operator::Power => libm::pow(left, right),
                }
            }
            Node::Sum { index, from, to, body } => {
                let works = body.mentions(&|name| name == index)
                    && (from.mentions(&|_| true) || to.mentions(&|_| true));
                let from = self.whole(from, "the start of a sum")?;
                let to = self.whole(to, "the end of a sum")?;
                let (mut total, mut lowest, mut highest) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
                for i in from..=to {
                    self.bound.push((index.clone(), i as f64));
                    let term = self.value(body);
                    self.bound.pop();
                    let term = term?;
                    total += term;
                    (lowest, highest) = (lowest.min(term), highest.max(term));
                }
                // A sum of equal terms is a product in disguise.
                let works = works && highest - lowest > 1e-9 * highest.abs().max(lowest.abs());
                if works {
                    total *= self.factor;
                }
                total
            }
        })
    }

    fn symbol(&self, name: &str) -> Result<f64, EvaluationError> {
        match self.scope.symbol(name) {
            Err(EvaluationError::UnknownSymbol(unknown)) => match name {
                "pi" | "π" => Ok(std::f64::consts::PI),
                "e" => Ok(std::f64::consts::E),
                _ => Err(EvaluationError::UnknownSymbol(unknown)),
            },
            other => other,
        }
    }

    /// The value of a single number whose name has an index, such as m_t or beta_1.
    fn named_with_index(&self, name: &str, index: &Node) -> Option<f64> {
        self.scope.symbol(&format!("{name}_{}", index.as_suffix()?)).ok()
    }

    fn check(&mut self, node: &Node) -> Result<(), EvaluationError> {
        match node {
            Node::Number(_) => Ok(()),
            Node::Symbol(name) => {
                let bound = self.bound.iter().any(|(bound, _)| bound == name);
                if bound { Ok(()) } else { self.symbol(name).map(|_| ()) }
            }
            Node::Term(name, index) => match self.named_with_index(name, index) {
                Some(_) => Ok(()),
                None => {
                    self.scope.term(name, 1)?;
                    self.check(index)
                }
            },
            Node::Negate(inner) => self.check(inner),
            Node::Call(_, arguments) => arguments.iter().try_for_each(|inner| self.check(inner)),
            Node::Operation(_, left, right) => {
                self.check(left)?;
                self.check(right)
            }
            Node::Sum { index, from, to, body } => {
                self.check(from)?;
                self.check(to)?;
                self.bound.push((index.clone(), 0.0));
                let checked = self.check(body);
                self.bound.pop();
                checked
            }
        }
    }

    fn whole(&mut self, node: &Node, what: &str) -> Result<i64, EvaluationError> {
        let value = self.value(node)?;
        if value == libm::round(value) && value.abs() < 1e9 {
            Ok(value as i64)
        } else {
            Err(EvaluationError::NotWhole(what.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{EvaluationError, Expression, Scope};

    struct Numbers;

    impl Scope for Numbers {
        fn symbol(&self, name: &str) -> Result<f64, EvaluationError> {
            match name {
                "beta" | "β" => Ok(0.5),
                "t" => Ok(3.0),
                "g" => Err(EvaluationError::SequenceWithoutIndex(name.to_owned())),
                _ => Err(EvaluationError::UnknownSymbol(name.to_owned())),
            }
        }

        fn term(&self, name: &str, index: i64) -> Result<f64, EvaluationError> {
            match name {
                "g" => Ok(10.0 * index as f64),
                _ => Err(EvaluationError::IndexOnNumber(name.to_owned())),
            }
        }
    }

    fn value(text: &str) -> f64 {
        Expression::parse(text).unwrap().evaluate(&Numbers).unwrap()
    }

    #[test]
    fn formulas_have_the_values_a_reader_expects() {
        for (text, expected) in [
            ("1 - beta^t", 0.875),
            ("-2^2", -4.0),
            ("2^-1", 0.5),
            ("2^3^2", 512.0),
            ("2**3", 8.0),
            ("6 / 2 / 3", 1.0),
            ("2t (1 − β)", 3.0),
            ("(1 - beta)(1 + beta)", 0.75),
            ("beta^{t - 1}", 0.25),
            ("sum(i = 1..t, g_i)", 60.0),
            ("sum(i, 1, t, beta^(t - i) g[i])", 42.5),
            ("sum(i = 1..t, g_{i + 1})", 90.0),
            ("sum(i = 2..1, g_i)", 0.0),
            ("sum(i = 1..2, sum(j = 1..i, i j))", 7.0),
            ("sqrt(16) + abs(-1) + log(exp(2))", 7.0),
            ("(1–β)⋅Σ(i = 1..t, βᵗ⁻ⁱ·gᵢ)", 21.25),
            ("Sum(i = 1..t, g_i) + +1", 61.0),
            ("2²", 4.0),
            ("2ββ√(16)t", 6.0),
            ("1e-3 + 2.5e+2 + 1E+1", 260.001),
            ("min(3, t, 9) + max(1, 2) + floor(2.7) + ceil(0.2)", 8.0),
            ("cos(pi) + log2(8) + log10(1000) + sign(-3) + tanh(0)", 4.0),
        ] {
            assert!((value(text) - expected).abs() < 1e-12, "{text} = {}", value(text));
        }
    }

    #[test]
    fn what_cannot_be_read_is_pointed_at() {
        for (text, position, word) in [
            ("", 1, "ends"),
            ("1 +", 4, "ends"),
            ("(1 - beta", 10, "`)`"),
            ("1 - beta)", 9, "closes nothing"),
            ("m = 2", 3, "one side only"),
            ("sqrt 2", 6, "`(`"),
            ("sum(1, 2)", 5, "index"),
            ("sum(i = 1, t, i)", 10, "sum(i = 1..t, g_i)"),
            ("1.2.3", 1, "not a number"),
            ("1 + ... + t", 5, "dots cannot be read"),
            ("βᵗ + )", 6, "found `)`"),
            ("2 ; 3", 3, "`;`"),
            ("sqrt(1, 2)", 10, "one argument"),
            ("max(1)", 6, "two arguments"),
        ] {
            let error = Expression::parse(text).unwrap_err();
            assert_eq!(error.position, position, "{text}: {error}");
            assert!(error.message.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn no_input_is_too_much() {
        let deep = format!("{}1{}", "(".repeat(400), ")".repeat(400));
        assert!(Expression::parse(&deep).unwrap_err().message.contains("nested"));
        assert!(Expression::parse(&"-".repeat(900)).is_err());
        assert!(Expression::parse(&"2^".repeat(400)).is_err());
        assert!(Expression::parse(&"1+".repeat(100_000)).unwrap_err().message.contains("longer"));
        let endless = Expression::parse("sum(i = 1..999999999, i)").unwrap();
        assert_eq!(endless.evaluate(&Numbers), Err(EvaluationError::TooLong));
        assert!(value("1 / 0").is_infinite());
        assert_eq!(value("0^0"), 1.0);
        assert!(value("9^9^9^9").is_infinite());
    }

    /// Thousands of texts made of what formulas are made of: each gets an answer, and soon.
    #[test]
    fn whatever_is_typed_gets_an_answer() {
        use lab::random::{Purpose, Stream};
        const PIECES: [&str; 40] = [
            "(",
            ")",
            "{",
            "}",
            "[",
            "]",
            "+",
            "-",
            "*",
            "/",
            "^",
            "**",
            "_",
            ",",
            "..",
            "=",
            ".",
            "0",
            "1",
            "9e99",
            "1e",
            "999999999",
            "beta",
            "g",
            "t",
            "i",
            "sum(",
            "sum(i = 1..t,",
            "sqrt(",
            "max(",
            "√",
            "ᵗ⁻¹",
            "gᵢ",
            "∑",
            " ",
            "\u{200b}",
            "🦀",
            "\0",
            "e",
            "−",
        ];
        let mut stream = Stream::new(7, Purpose::Noise);
        let mut read = 0;
        for _ in 0..30_000 {
            let length = stream.below(24);
            let text: String = (0..length).map(|_| PIECES[stream.below(PIECES.len())]).collect();
            match Expression::parse(&text) {
                Ok(formula) => {
                    read += 1;
                    let _ = formula.evaluate(&Numbers);
                    let _ = formula.rests_on_a_sum(&Numbers);
                    let _ = formula.check_symbols(&Numbers);
                }
                Err(error) => {
                    assert!(error.position <= text.chars().count() + 1, "{text}: {error}");
                    assert!(!error.message.is_empty());
                }
            }
        }
        assert!(read > 100, "only {read} could be read");
        for piece in PIECES {
            for length in [1, 39, 40, 41, 300, 1_001, 1_000_000] {
                if let Ok(formula) = Expression::parse(&piece.repeat(length)) {
                    let _ = formula.evaluate(&Numbers);
                }
            }
        }
    }

    #[test]
    fn a_sum_for_show_is_told_from_one_that_does_the_work() {
        let works = |text: &str| Expression::parse(text).unwrap().rests_on_a_sum(&Numbers).unwrap();
        assert!(works("sum(i = 1..t, beta^(t - i))"));
        for text in [
            "1 - beta^t",
            "sum(i = 1..1, 1 - beta^t)",
            "sum(i = 1..t, 1) / t",
            "1 + 0 * sum(i = 1..t, i)",
            "1 + sum(i = 1..t, i) - sum(i = 1..t, i)",
        ] {
            assert!(!works(text), "{text}");
        }
    }

    #[test]
    fn symbols_are_checked_where_no_term_is_summed() {
        let check = |text: &str| Expression::parse(text).unwrap().check_symbols(&Numbers);
        assert_eq!(check("sum(i = 1..0, x)"), Err(EvaluationError::UnknownSymbol("x".into())));
        assert!(check("sum(i = 1..0, g)").is_err());
        assert_eq!(check("sum(i = 1..t, g_{t - i})"), Ok(()));
    }

    #[test]
    fn misused_symbols_are_named() {
        let error = |text: &str| Expression::parse(text).unwrap().evaluate(&Numbers).unwrap_err();
        assert_eq!(error("x"), EvaluationError::UnknownSymbol("x".into()));
        assert_eq!(error("g(1)"), EvaluationError::SequenceWithoutIndex("g".into()));
        assert_eq!(error("t_1"), EvaluationError::IndexOnNumber("t".into()));
        assert_eq!(error("g_{1/2}"), EvaluationError::NotWhole("an index".into()));
    }
}
