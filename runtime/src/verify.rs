//! What is known to crash or hang XLA, or to make it read memory that is not the program's: refused here, before it gets there.
//!
//! XLA checks most of a module itself; the rules below are for what it does not check. Each was seen to abort, hang or compute from
//! stray memory with at least one plugin, and has a test in `tests/crash_list.rs`. One pass over the text; a module that
//! names none of the operations in question costs only the search for their names.

use crate::{
    error::{Error, Result},
    kernel,
};
use raxla_ir::{Platform, ShapedArray, stablehlo::KERNEL_TARGET};
use std::collections::HashMap;

/// Brackets within brackets: MLIR's parser recurses, and programs need a dozen.
const DEEPEST: usize = 512;
/// Custom calls that XLA itself expands, without checking that they have operands: how many they need.
const NEEDS_OPERANDS: &[(&str, usize)] = &[
    ("Eigh", 1),
    ("LayoutConstraint", 1),
    ("ProductOfElementaryHouseholderReflectors", 2),
    ("Qr", 1),
    ("SPMDFullToShardShape", 1),
    ("SPMDShardToFullShape", 1),
    ("Sharding", 1),
    ("TopK", 1),
];

/// Refuses modules that would bring down the process, and those whose `main` does not take `ins`. `partitioned` is whether the
/// module is to be divided among devices, `platform` where it is to run.
pub(crate) fn verify(text: &str, ins: &[ShapedArray], partitioned: bool, platform: Platform) -> Result<()> {
    nesting(text)?;
    if partitioned && ["mhlo.sharding", "@Sharding", "@SPMD"].iter().any(|word| text.contains(word)) {
        return Err(Error::refused(
            "it has annotations for GSPMD; raxla partitions with Shardy, which wants `sdy` ones",
        ));
    }
    let named = ["call", "fft", "feed", "composite", "vhlo."].iter().any(|word| text.contains(word));
    let tokens = tokenize(if named { text } else { signature(text) });
    inputs(&tokens, ins)?;
    if named {
        functions(&tokens)?;
        for (at, token) in tokens.iter().enumerate() {
            if let Token::Word(name) | Token::Text(name) = token {
                operation(name, &tokens[at + 1..], platform)?;
            }
        }
    }
    Ok(())
}

/// The part of a module that says what `main` takes, `@main(…)`.
fn signature(text: &str) -> &str {
    let Some(start) = text.find("@main(") else { return "" };
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for (at, byte) in text[start..].bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth -= 1,
            _ => continue,
        }
        if depth == 0 && byte == b')' {
            return &text[start..start + at + 1];
        }
    }
    ""
}

fn nesting(text: &str) -> Result<()> {
    let (mut depth, mut before) = (0usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            // Not the end of an arrow.
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'>' if before != b'-' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(Error::refused(format!("its brackets are nested more than {DEEPEST} deep")));
        }
        before = byte;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Token<'a> {
    /// Letters, digits, `.`, `_`, `$`.
    Word(&'a str),
    /// A string, without its quotes.
    Text(&'a str),
    /// A symbol, without its `@` and quotes.
    Symbol(&'a str),
    /// A value, without its `%`.
    Value(&'a str),
    Arrow,
    Mark(char),
}
use Token::{Arrow, Mark, Symbol, Text, Value, Word};

fn tokenize(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let word = |from: usize| {
        let in_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$');
        from + bytes[from..].iter().take_while(|b| in_word(b)).count()
    };
    // A string may hold escaped quotes; where it ends is all that matters.
    let string = |from: usize| {
        let mut to = from;
        while to < bytes.len() && bytes[to] != b'"' {
            to += if bytes[to] == b'\\' { 2 } else { 1 };
        }
        to.min(bytes.len())
    };
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let sigil = bytes[at];
        match sigil {
            b'"' => {
                let end = string(at + 1);
                tokens.push(Text(text.get(at + 1..end).unwrap_or("")));
                at = end + 1;
            }
            b'@' if bytes.get(at + 1) == Some(&b'"') => {
                let end = string(at + 2);
                tokens.push(Symbol(text.get(at + 2..end).unwrap_or("")));
                at = end + 1;
            }
            b'@' | b'%' => {
                // Symbols and values may hold a dash as well.
                let mut end = word(at + 1);
                while end < bytes.len() && bytes[end] == b'-' && bytes.get(end + 1) != Some(&b'>') {
                    end = word(end + 1);
                }
                let name = &text[at + 1..end];
                tokens.push(if sigil == b'@' { Symbol(name) } else { Value(name) });
                at = end;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += bytes[at..].iter().take_while(|b| **b != b'\n').count();
            }
            b'-' if bytes.get(at + 1) == Some(&b'>') => {
                tokens.push(Arrow);
                at += 2;
            }
            b if b.is_ascii_alphanumeric() || b == b'_' => {
                let end = word(at);
                tokens.push(Word(&text[at..end]));
                at = end;
            }
            b if b.is_ascii_whitespace() => at += 1,
            b if b.is_ascii() => {
                tokens.push(Mark(b as char));
                at += 1;
            }
            _ => at += 1,
        }
    }
    tokens
}

/// How many tokens the group takes that the first one opens: 1 if it opens none.
fn group(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Mark('(' | '[' | '{' | '<') => depth += 1,
            Mark(')' | ']' | '}' | '>') => depth -= 1,
            _ => {}
        }
        if depth <= 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// XLA takes any input of the right size in bytes for what it expects, so what the module expects must be what its user says.
fn inputs(tokens: &[Token], ins: &[ShapedArray]) -> Result<()> {
    let Some(main) = tokens.windows(2).position(|pair| pair == [Symbol("main"), Mark('(')]) else { return Ok(()) };
    let list = &tokens[main + 1..];
    let list = &list[..group(list)];
    let types: Vec<&[Token]> = (0..list.len().saturating_sub(1))
        .filter(|at| matches!(list[*at], Value(_)) && list[at + 1] == Mark(':'))
        .map(|at| &list[at + 2..])
        .collect();
    if types.len() != ins.len() {
        return Err(Error::mismatch("compile: number of main's inputs", types.len(), ins.len()));
    }
    for (position, (found, aval)) in types.iter().zip(ins).enumerate() {
        let [Word("tensor"), ..] = found else {
            return Err(Error::refused(format!("input {position} of main is not an array")));
        };
        let inner = &found[1..1 + group(&found[1..])];
        let inner = inner.split(|token| *token == Mark(',')).next().unwrap_or(inner);
        let text: String = inner.iter().map(spelled).collect();
        let text = text.trim_start_matches('<').strip_suffix('>').unwrap_or(&text[1..]).to_owned();
        let wanted = aval.mlir();
        if format!("tensor<{text}>") != wanted {
            let what = format!("compile: input {position} of main");
            return Err(Error::mismatch(what, format!("tensor<{text}>, as the module says"), wanted));
        }
    }
    Ok(())
}
fn spelled(token: &Token) -> String {
    match token {
        Word(text) => (*text).to_owned(),
        Mark(mark) => mark.to_string(),
        _ => " ".to_owned(),
    }
}

#[derive(Default)]
struct Function<'a> {
    name: Option<&'a str>,
    has_body: bool,
    /// What its body refers to, and whether by a call.
    references: Vec<(&'a str, bool)>,
}

/// Recursion and calls of functions without a body.
fn functions(tokens: &[Token]) -> Result<()> {
    let functions = collect_functions(tokens);
    let by_name: HashMap<&str, usize> =
        functions.iter().enumerate().filter_map(|(i, function)| Some((function.name?, i))).collect();
    for function in &functions {
        let lacks_body = |name: &&str| !by_name.get(name).is_some_and(|i| functions[*i].has_body);
        let calls = function.references.iter().filter(|(_, call)| *call).map(|(name, _)| *name);
        if let Some(name) = calls.into_iter().find(lacks_body) {
            return Err(Error::refused(format!("it calls @{name}, which the module does not define")));
        }
    }
    // Depth first, with a stack of our own: 0 unseen, 1 on the path, 2 done.
    let mut state = vec![0u8; functions.len()];
    for root in 0..functions.len() {
        let mut path = vec![(root, 0)];
        while let Some((function, next)) = path.last_mut() {
            state[*function] = state[*function].max(1);
            let Some((name, _)) = functions[*function].references.get(*next) else {
                state[*function] = 2;
                path.pop();
                continue;
            };
            *next += 1;
            match by_name.get(name).map(|i| (*i, state[*i])) {
                Some((callee, 0)) => path.push((callee, 0)),
                Some((_, 1)) => return Err(Error::refused(format!("@{name} calls itself; XLA has no recursion"))),
                _ => {}
            }
        }
    }
    Ok(())
}

fn collect_functions<'a>(tokens: &[Token<'a>]) -> Vec<Function<'a>> {
    let mut functions: Vec<Function> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at] {
            Word("func.func") => {
                let name =
                    tokens[at..].iter().position(|token| matches!(token, Symbol(_))).map_or(tokens.len(), |n| at + n);
                let mut function = Function::default();
                if let Some(Symbol(symbol)) = tokens.get(name) {
                    function.name = Some(symbol);
                }
                at = name + 1;
                function.has_body = body_follows(&tokens[at.min(tokens.len())..]);
                functions.push(function);
                continue;
            }
            Text("func.func") => {
                // The body is the region `({ … })`, empty for a declaration.
                let region = tokens[at..].windows(3).find(|three| three[..2] == [Mark('('), Mark('{')]);
                let has_body = region.is_some_and(|three| three[2] != Mark('}'));
                functions.push(Function { has_body, ..Function::default() });
            }
            Word("sym_name") => {
                if let (Some(function), Some(Text(name))) = (functions.last_mut(), tokens.get(at + 2)) {
                    function.name.get_or_insert(name);
                }
            }
            Symbol(name) => {
                let before = &tokens[..at];
                let call = matches!(before, [.., Word("call" | "func.call")] | [.., Word("callee"), Mark('=')]);
                if let Some(function) = functions.last_mut() {
                    function.references.push((name, call));
                }
            }
            _ => {}
        }
        at += 1;
    }
    functions
}

/// Whether a function has a body, by what follows its name.
fn body_follows(tokens: &[Token]) -> bool {
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at] {
            Mark('{') => return true,
            Word("attributes") => at += 1 + group(&tokens[at + 1..]),
            Word("func.func") | Text(_) | Value(_) | Mark('}' | ')') => return false,
            _ => at += group(&tokens[at..]),
        }
    }
    false
}

/// The operations that XLA does not check, by what follows their name.
fn operation(name: &str, rest: &[Token], platform: Platform) -> Result<()> {
    let Some((dialect, kind)) = name.split_once('.') else { return Ok(()) };
    match (dialect, kind) {
        ("vhlo", _) => Err(Error::refused("it is in VHLO, the dialect of portable artifacts; give it in StableHLO")),
        ("stablehlo" | "mhlo", "outfeed" | "infeed") => {
            Err(Error::refused(format!("{name} would wait for ever: raxla has nobody at the other end")))
        }
        ("stablehlo" | "mhlo", "fft") => fft(&Signature::read(rest), rest),
        ("stablehlo" | "mhlo", "custom_call") => custom_call(&Signature::read(rest), rest, platform),
        _ => Ok(()),
    }
}

/// What an operation's text says of its operands and results.
struct Signature {
    /// How many tokens there are before the types.
    head: usize,
    operands: usize,
    /// The sizes of each array, or `None` if they are not all known.
    operand_shapes: Vec<Option<Vec<usize>>>,
    result_shapes: Vec<Option<Vec<usize>>>,
}
impl Signature {
    fn read(rest: &[Token]) -> Signature {
        let mut head = 0;
        while head < rest.len() && rest[head] != Mark(':') {
            head += group(&rest[head..]);
        }
        let operands = rest[..head].iter().filter(|token| matches!(token, Value(_))).count();
        let types = rest.get(head + 1..).unwrap_or(&[]);
        let split = group(types);
        let arrow = types.get(split) == Some(&Arrow);
        let results = if arrow { &types[split + 1..] } else { &[] };
        let first = |list: &[Token]| match list {
            [Mark('('), ..] => group(list),
            [_, rest @ ..] => 1 + if matches!(rest, [Mark('<'), ..]) { group(rest) } else { 0 },
            [] => 0,
        };
        let shapes = |list: &[Token]| {
            let tensors =
                (0..list.len()).filter(|at| list[*at] == Word("tensor") && list.get(at + 1) == Some(&Mark('<')));
            tensors.map(|at| shape(&list[at + 2..])).collect()
        };
        Signature {
            head,
            operands,
            operand_shapes: shapes(&types[..split]),
            result_shapes: shapes(&results[..first(results)]),
        }
    }
}
/// The sizes in `2x3xf32>`.
fn shape(tokens: &[Token]) -> Option<Vec<usize>> {
    let Some(Word(text)) = tokens.first() else { return None };
    let sizes = text.split('x').map_while(|size| size.parse().ok()).collect();
    (!text.ends_with('x') || tokens.get(1) != Some(&Mark('?'))).then_some(sizes)
}

/// XLA trusts the lengths: below the sizes it reads stray memory, above them it aborts. It checks those of RFFT and IRFFT.
fn fft(signature: &Signature, rest: &[Token]) -> Result<()> {
    let head = &rest[..signature.head];
    if !head.iter().any(|token| matches!(token, Word("FFT" | "IFFT"))) {
        return Ok(());
    }
    let Some(at) = head.iter().position(|token| matches!(token, Word("length" | "fft_length"))) else { return Ok(()) };
    let until = head[at..].iter().position(|token| matches!(token, Mark(']' | '>'))).map_or(head.len(), |n| at + n);
    let number = |token: &Token| if let Word(text) = token { text.parse::<usize>().ok() } else { None };
    let lengths: Vec<usize> = head[at..until].iter().filter_map(number).collect();
    let Some(Some(sizes)) = signature.operand_shapes.first() else { return Ok(()) };
    if sizes.ends_with(&lengths) {
        return Ok(());
    }
    Err(Error::refused(format!(
        "fft of length {lengths:?} over an array of sizes {sizes:?}: the lengths must be the last sizes"
    )))
}

fn custom_call(signature: &Signature, rest: &[Token], platform: Platform) -> Result<()> {
    let head = &rest[..signature.head];
    let attribute = |at: usize| head[at] == Word("call_target_name");
    let target = match head.first() {
        Some(Symbol(name)) => name,
        _ => match (0..head.len()).find(|at| attribute(*at)).and_then(|at| head.get(at + 2)) {
            Some(Text(name)) => name,
            _ => return Ok(()),
        },
    };
    if *target == KERNEL_TARGET {
        return kernel_call(head, platform);
    }
    if target.starts_with("__onednn") || *target == "SliceToDynamic" {
        return Err(Error::refused(format!("custom_call @{target} is internal to XLA")));
    }
    if let Some((_, needs)) = NEEDS_OPERANDS.iter().find(|(name, _)| name == target)
        && signature.operands < *needs
    {
        return Err(Error::refused(format!(
            "custom_call @{target} with {} operands: it needs {needs}",
            signature.operands
        )));
    }
    if *target == "TopK" {
        let last = |shapes: &[Option<Vec<usize>>]| shapes.first()?.as_ref()?.last().copied();
        let (n, k) = (last(&signature.operand_shapes), last(&signature.result_shapes));
        if signature.result_shapes.len() != 2 || n.is_none() || k > n {
            let shapes = (&signature.operand_shapes, &signature.result_shapes);
            return Err(Error::refused(format!("custom_call @TopK from sizes {:?} to {:?}", shapes.0, shapes.1)));
        }
    }
    Ok(())
}

/// A call of a kernel must name one that there is.
fn kernel_call(head: &[Token], platform: Platform) -> Result<()> {
    if platform != Platform::Cpu {
        return Err(Error::refused(format!("custom_call @{KERNEL_TARGET}: kernels in Rust run on the CPU only")));
    }
    if head.iter().any(|token| matches!(token, Word("output_operand_aliases"))) {
        return Err(Error::refused(format!("custom_call @{KERNEL_TARGET}: a kernel's outputs cannot be its inputs")));
    }
    let name = head.windows(3).find_map(|three| match three {
        [Word("name"), Mark('='), Text(name)] => Some(name),
        _ => None,
    });
    match name {
        Some(name) if kernel::is_known(name) => Ok(()),
        Some(name) => Err(Error::refused(kernel::unknown(name))),
        None => Err(Error::refused(format!("custom_call @{KERNEL_TARGET} has no attribute `name`"))),
    }
}
