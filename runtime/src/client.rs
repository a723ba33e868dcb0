//! [`Client`]: a plugin at work, with its devices.

use crate::{
    compile_options::CompileOptions,
    device::Device,
    envelope,
    error::{Error, Result},
    executable::Executable,
    ffi::{Api, OptionValue, RawClient, forget_start_of, prepare_for_cpu},
    plugin,
};
use raxla_ir::ShapedArray;
use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, OnceLock},
};

/// A plugin at work, with its devices. Clones are the same client, and cheap.
///
/// ```
/// use raxla_runtime::Client;
/// let client = Client::cpu(2)?;
/// assert_eq!(client.devices().len(), 2);
/// assert_eq!(client.devices()[1].to_string(), "cpu:1");
/// # Ok::<(), raxla_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    raw: Arc<RawClient>,
    devices: Arc<[Device]>,
}

/// How a client is started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientOptions {
    /// How many devices the CPU is divided into; 0 is the plugin's own default. For other platforms it must be 0.
    pub cpu_device_count: usize,
    /// The plugin's own options by name, such as `memory_fraction` of the CUDA plugin.
    pub create_options: Vec<(String, OptionValue)>,
}

/// Each device of the CPU has threads of its own; XLA does not survive numbers that it cannot serve.
const MOST_DEVICES: usize = 1024;

impl Client {
    /// Starts the plugin in a library.
    ///
    /// # Errors
    /// [`Error::Plugin`] if the file is not a plugin of a known version, [`Error::Xla`] if it does not start.
    pub fn load(path: &Path, options: &ClientOptions) -> Result<Client> {
        if options.cpu_device_count > MOST_DEVICES {
            return Err(Error::mismatch(
                "Client: cpu_device_count",
                format!("at most {MOST_DEVICES}"),
                options.cpu_device_count,
            ));
        }
        if options.cpu_device_count > 0 {
            prepare_for_cpu(options.cpu_device_count);
        }
        let api = Api::load(path)?;
        let mut create_options = options.create_options.clone();
        if options.cpu_device_count > 0 {
            api.serve_small_blocks();
            let count = OptionValue::Int(options.cpu_device_count as i64);
            create_options.push(("cpu_device_count".to_owned(), count));
        }
        let client = Client::from_raw(RawClient::create(api, &create_options, build(path))?);
        forget_start_of(path);
        Ok(client)
    }
    /// Starts a client of the CPU, divided into `device_count` devices, with the plugin that [`plugin::find`] finds.
    ///
    /// # Errors
    /// [`Error::Plugin`] if there is no plugin and none can be fetched.
    pub fn cpu(device_count: usize) -> Result<Client> {
        let options = ClientOptions { cpu_device_count: device_count.max(1), ..ClientOptions::default() };
        Client::load(&plugin::find(plugin::Platform::Cpu)?, &options)
    }
    /// The client of the process, started when it is first asked for.
    ///
    /// The environment variable `RAXLA_PLATFORM` chooses among `cpu` (the default), `cuda` and `tpu`, and `RAXLA_CPU_DEVICES` says how
    /// many devices the CPU is divided into (default 1). A failure is not remembered: the next call tries again.
    ///
    /// # Errors
    /// [`Error::Plugin`] if there is no plugin and none can be fetched.
    pub fn global() -> Result<Client> {
        static GLOBAL: OnceLock<Client> = OnceLock::new();
        static STARTING: Mutex<()> = Mutex::new(());
        if let Some(client) = GLOBAL.get() {
            return Ok(client.clone());
        }
        let _one_at_a_time = STARTING.lock();
        if let Some(client) = GLOBAL.get() {
            return Ok(client.clone());
        }
        let platform = plugin::Platform::chosen()?;
        let client = match platform {
            plugin::Platform::Cpu => Client::cpu(cpu_devices(std::env::var("RAXLA_CPU_DEVICES").ok())?)?,
            _ => Client::load(&plugin::find(platform)?, &ClientOptions::default())?,
        };
        Ok(GLOBAL.get_or_init(|| client).clone())
    }
    pub(crate) fn from_raw(raw: Arc<RawClient>) -> Client {
        let devices = (0..raw.devices().len()).map(|index| Device { client: raw.clone(), index: index as u32 });
        Client { devices: devices.collect(), raw }
    }

    /// The platform: `cpu`, `cuda`, `tpu`.
    pub fn platform(&self) -> &str {
        self.raw.platform()
    }
    /// What programs for this client are lowered for.
    pub fn target(&self) -> raxla_ir::Platform {
        match self.platform() {
            "cpu" => raxla_ir::Platform::Cpu,
            "tpu" => raxla_ir::Platform::Tpu,
            _ => raxla_ir::Platform::Gpu,
        }
    }
    /// The platform's description of itself.
    pub fn platform_version(&self) -> &str {
        self.raw.platform_version()
    }
    /// The version of the PJRT C API that the plugin was built with.
    pub fn api_version(&self) -> (i32, i32) {
        self.raw.api().version()
    }
    /// What tells this plugin, as it is on this machine, from other builds: the same text means that executables may be exchanged
    /// through [`Executable::serialize`].
    pub fn fingerprint(&self) -> String {
        let (major, minor) = self.api_version();
        let features = cpu_features();
        format!("{} {} {major}.{minor} {} {features}", self.platform(), self.platform_version(), self.raw.build())
    }
    /// The devices that this process can use.
    pub fn devices(&self) -> &[Device] {
        &self.devices
    }
    /// The device with an id.
    pub fn device(&self, id: i32) -> Option<&Device> {
        self.devices.iter().find(|device| device.id() == id)
    }

    /// Compiles a module of StableHLO text, whose `main` takes `ins` and returns `outs`.
    ///
    /// The avals are those of whole arrays; `options` say how they are divided among devices.
    ///
    /// # Errors
    /// [`Error::Xla`] with XLA's message if it does not compile; [`Error::Refused`] if compiling or running it is known to crash XLA;
    /// [`Error::Mismatch`] if its results are not `outs`.
    pub fn compile(
        &self,
        mlir: &str,
        options: &CompileOptions,
        ins: &[ShapedArray],
        outs: &[ShapedArray],
    ) -> Result<Executable> {
        crate::verify::verify(mlir, ins, options.num_partitions > 1, self.target())?;
        let encoded = options.encode()?;
        let (client, text) = (self.raw.clone(), mlir.to_owned());
        let raw = with_deep_stack(move || client.compile(&text, &encoded))?;
        let may_donate = ["alias", "donor"].iter().any(|word| mlir.contains(word));
        let calls_back = mlir.contains("name = \"callback\"");
        Executable::new(raw, options, ins, outs, may_donate, calls_back)
    }
    /// Loads an executable that [`Executable::serialize`] made, on the devices it was compiled for.
    ///
    /// # Errors
    /// [`Error::Refused`] if the bytes are damaged or were made by another plugin or on another kind of machine, since XLA might then
    /// crash or compute garbage; [`Error::Mismatch`] if the executable's inputs and results are not `ins` and `outs`.
    pub fn load_executable(
        &self,
        serialized: &[u8],
        options: &CompileOptions,
        ins: &[ShapedArray],
        outs: &[ShapedArray],
    ) -> Result<Executable> {
        let payload = envelope::open(serialized, &envelope::contents(self, ins, outs))?;
        Executable::new(self.raw.deserialize(payload)?, options, ins, outs, true, false)
    }
}

/// Which build of a plugin a file holds, as cheaply as that can be told.
fn build(path: &Path) -> String {
    let Ok(data) = std::fs::metadata(path) else { return String::new() };
    let changed = data.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    format!("{} bytes of {}", data.len(), changed.unwrap_or_default().as_nanos())
}
/// What of the processor XLA's machine code may depend on.
fn cpu_features() -> &'static str {
    static FEATURES: OnceLock<String> = OnceLock::new();
    FEATURES.get_or_init(|| {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let wanted =
            |line: &&str| ["model name", "flags", "Features", "CPU part"].iter().any(|key| line.starts_with(key));
        let first: Vec<&str> = info.lines().take_while(|line| !line.is_empty()).filter(wanted).collect();
        envelope::digest(first.join("\n").as_bytes())
    })
}

/// Calls a function on a thread with a stack on which XLA, which recurses over the operations of a module, can compile long ones: a
/// chain of 20,000 operations overflows the 2 MiB that Rust's threads have as a rule, and takes the process with it.
fn with_deep_stack<T: Send + 'static>(call: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    const STACK_BYTES: usize = 512 << 20; // Of addresses; memory is only taken where it is used.
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new().name("raxla compile".to_owned()).stack_size(STACK_BYTES);
    let thread = thread.spawn(move || {
        // Nobody listens any longer if the wait was interrupted.
        let _ = sender.send(call());
    });
    let thread = thread.map_err(|error| Error::plugin(format!("cannot start a thread to compile on: {error}")))?;
    match crate::interrupt::receive("compile", &receiver)? {
        Some(outcome) => outcome,
        None => match thread.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(()) => Err(Error::plugin("the thread that compiles gave nothing")),
        },
    }
}

/// What `RAXLA_CPU_DEVICES` says.
fn cpu_devices(variable: Option<String>) -> Result<usize> {
    let Some(text) = variable else { return Ok(1) };
    let wrong = || Error::plugin(format!("RAXLA_CPU_DEVICES must be a number from 1 to {MOST_DEVICES}, not `{text}`"));
    text.trim().parse().ok().filter(|count| (1..=MOST_DEVICES).contains(count)).ok_or_else(wrong)
}

impl PartialEq for Client {
    fn eq(&self, other: &Client) -> bool {
        Arc::ptr_eq(&self.raw, &other.raw)
    }
}
impl Eq for Client {}
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Client({}, {:?})", self.platform(), self.devices)
    }
}
