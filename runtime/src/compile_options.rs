//! [`CompileOptions`]: for which devices, and how, XLA compiles a module.

use crate::{
    error::{Error, Result},
    ffi::OptionValue,
    placement::Placement,
};

/// More than any cluster has; XLA dies of numbers that it cannot allocate for.
const MOST_DEVICES: usize = 1 << 20;

/// Numbers of XLA's flags that end the process unless they are in this range.
const RANGES: [(&str, std::ops::RangeInclusive<f64>); 1] = [("xla_cpu_parallel_codegen_split_count", 0.0..=65536.0)];

/// For which devices, and how, XLA compiles a module. The default is one device, the client's first.
#[derive(Clone, Debug, PartialEq)]
pub struct CompileOptions {
    /// How many devices run the same program on different data, without knowing of each other's arrays.
    pub num_replicas: usize,
    /// Into how many devices each array of the module is divided. With more than one, the module's `sdy` annotations say how.
    pub num_partitions: usize,
    /// [`Device::id`](crate::Device::id) of each device, replica by replica. Empty: devices 0, 1, 2, ….
    pub device_ids: Vec<i32>,
    /// How the inputs lie on the devices; empty: each device holds the whole of every input.
    pub in_placements: Vec<Placement>,
    /// How the results lie on the devices; empty: each device holds the whole of every result.
    pub out_placements: Vec<Placement>,
    /// XLA's flags for this module, such as `xla_cpu_enable_fast_math`, without dashes; by default that which makes `maximum` and
    /// `minimum` of NaN be NaN on CPUs. An unknown name or a value of the wrong type is an error. Of two of one name the later holds.
    pub xla_flags: Vec<(String, OptionValue)>,
}

impl Default for CompileOptions {
    fn default() -> CompileOptions {
        CompileOptions {
            num_replicas: 1,
            num_partitions: 1,
            device_ids: Vec::new(),
            in_placements: Vec::new(),
            out_placements: Vec::new(),
            xla_flags: vec![("xla_cpu_enable_fast_min_max".into(), OptionValue::Bool(false))],
        }
    }
}

impl CompileOptions {
    /// For one device, by its id.
    pub fn on_device(id: i32) -> CompileOptions {
        CompileOptions { device_ids: vec![id], ..CompileOptions::default() }
    }
    /// For an array program divided over several devices, by their ids.
    pub fn partitioned(device_ids: Vec<i32>) -> CompileOptions {
        CompileOptions { num_partitions: device_ids.len(), device_ids, ..CompileOptions::default() }
    }

    /// XLA's `CompileOptionsProto`.
    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        let devices = self.num_replicas.saturating_mul(self.num_partitions);
        if !(1..=MOST_DEVICES).contains(&devices) {
            let got = format!("{} times {}", self.num_replicas, self.num_partitions);
            return Err(Error::mismatch("compile: devices", format!("from 1 to {MOST_DEVICES}"), got));
        }
        if !self.device_ids.is_empty() && self.device_ids.len() != devices {
            return Err(Error::mismatch("compile: number of device_ids", devices, self.device_ids.len()));
        }
        let mut ids = self.device_ids.clone();
        ids.sort_unstable();
        if ids.first().is_some_and(|id| *id < 0) || ids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Error::mismatch(
                "compile: device_ids",
                "distinct ids of devices",
                format!("{:?}", self.device_ids),
            ));
        }
        let mut build = Message::default();
        if let [id] = self.device_ids[..] {
            // device_ordinal: what a one-device program is compiled for.
            build.number(1, id as u64);
        }
        build.number(4, self.num_replicas as u64);
        build.number(5, self.num_partitions as u64);
        if self.num_partitions > 1 {
            build.number(6, 1); // use_spmd_partitioning
        }
        if !self.device_ids.is_empty() {
            build.bytes(9, &self.device_assignment());
        }
        if self.num_partitions > 1 {
            build.number(19, 1); // use_shardy_partitioner
        }
        let mut options = Message::default();
        options.bytes(3, &build.0);
        for (name, value) in &self.xla_flags {
            check_range(name, value)?;
            let mut field = Message::default();
            match value {
                OptionValue::String(text) => field.bytes(1, text.as_bytes()),
                OptionValue::Bool(yes) => field.number(2, u64::from(*yes)),
                OptionValue::Int(number) => field.number(3, *number as u64),
                OptionValue::Float(number) => field.double(4, f64::from(*number)),
            }
            let mut entry = Message::default();
            entry.bytes(1, name.as_bytes());
            entry.bytes(2, &field.0);
            options.bytes(7, &entry.0);
        }
        Ok(options.0)
    }

    /// XLA's `DeviceAssignmentProto`: for each partition, the device of each replica.
    fn device_assignment(&self) -> Vec<u8> {
        let mut assignment = Message::default();
        assignment.number(1, self.num_replicas as u64);
        assignment.number(2, self.num_partitions as u64);
        for partition in 0..self.num_partitions {
            let mut ids = Message::default();
            for replica in 0..self.num_replicas {
                ids.varint(self.device_ids[replica * self.num_partitions + partition] as u64);
            }
            let mut computation = Message::default();
            computation.bytes(1, &ids.0);
            assignment.bytes(3, &computation.0);
        }
        assignment.0
    }
}

fn check_range(name: &str, value: &OptionValue) -> Result<()> {
    let Some((_, range)) = RANGES.iter().find(|r| r.0 == name) else { return Ok(()) };
    let number = match value {
        OptionValue::String(text) => text.trim().parse().ok(),
        OptionValue::Bool(_) => None,
        OptionValue::Int(number) => Some(*number as f64),
        OptionValue::Float(number) => Some(f64::from(*number)),
    };
    match number {
        Some(number) if !range.contains(&number) => Err(Error::mismatch(
            format!("compile: {name}"),
            format!("from {} to {}", range.start(), range.end()),
            number,
        )),
        _ => Ok(()),
    }
}

/// A protocol buffer being written.
#[derive(Default)]
struct Message(Vec<u8>);
impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
    fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }
    fn double(&mut self, field: u64, value: f64) {
        self.varint(field << 3 | 1);
        self.0.extend(value.to_le_bytes());
    }
    fn bytes(&mut self, field: u64, value: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: fn(CompileOptions) -> CompileOptions = |options| CompileOptions { xla_flags: vec![], ..options };

    fn check(options: CompileOptions, expected: &str) {
        let bytes = options.encode().unwrap();
        let shown: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(shown.join(" "), expected, "{options:?}");
    }

    #[test]
    fn encodes_as_protobuf() {
        check(PLAIN(CompileOptions::default()), "1a 04 20 01 28 01");
        check(PLAIN(CompileOptions::on_device(1)), "1a 11 08 01 20 01 28 01 4a 09 08 01 10 01 1a 03 0a 01 01");
        check(
            PLAIN(CompileOptions::partitioned(vec![0, 300])),
            "1a 1a 20 01 28 02 30 01 4a 0f 08 01 10 02 1a 03 0a 01 00 1a 04 0a 02 ac 02 98 01 01",
        );
        let fast = CompileOptions::default().encode().unwrap();
        assert!(String::from_utf8_lossy(&fast).contains("xla_cpu_enable_fast_min_max"));
        let flags = vec![("f".to_owned(), OptionValue::Bool(true)), ("n".to_owned(), OptionValue::Int(7))];
        check(
            CompileOptions { xla_flags: flags, ..Default::default() },
            "1a 04 20 01 28 01 3a 07 0a 01 66 12 02 10 01 3a 07 0a 01 6e 12 02 18 07",
        );
    }
    #[test]
    fn refuses_flags_that_end_the_process() {
        for value in [(-1).into(), i64::MAX.into(), "-1".into(), (-1f32).into()] as [OptionValue; 4] {
            let xla_flags = vec![("xla_cpu_parallel_codegen_split_count".to_owned(), value)];
            let error = CompileOptions { xla_flags, ..Default::default() }.encode().unwrap_err().to_string();
            assert!(error.contains("xla_cpu_parallel_codegen_split_count"), "{error}");
        }
    }
    #[test]
    fn refuses_wrong_device_counts() {
        let none = CompileOptions { num_partitions: 0, ..Default::default() };
        assert!(matches!(none.encode(), Err(Error::Mismatch { .. })));
        let many = CompileOptions { num_partitions: usize::MAX, num_replicas: 2, ..Default::default() };
        assert!(matches!(many.encode(), Err(Error::Mismatch { .. })));
        let two = CompileOptions { device_ids: vec![0, 1], ..Default::default() };
        assert!(matches!(two.encode(), Err(Error::Mismatch { .. })));
    }
}
