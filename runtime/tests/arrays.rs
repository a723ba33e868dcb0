//! Arrays: to devices and back, in files, shared, copied, deleted.

mod shared;

use half::{bf16, f16};
use num_complex::{Complex32, Complex64};
use raxla_ir::{DType, Element, Literal, ShapedArray};
use raxla_runtime::{Array, Client, ClientOptions, CompileOptions, Error, Placement, Shard};
use shared::{array, avals, client};
use std::path::{Path, PathBuf};

/// A literal whose bits are arbitrary but legal: NaNs of all payloads, subnormals, both zeros.
fn arbitrary(aval: &ShapedArray) -> Literal {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    Literal::build(aval.clone(), |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 33) as u8;
            if aval.dtype.bits() < 8 {
                *byte &= (1 << aval.dtype.bits()) - 1;
            }
        }
    })
}

#[test]
fn round_trips_every_dtype_and_shape() {
    let shapes: [&[usize]; 9] =
        [&[], &[1], &[7], &[0], &[3, 0, 2], &[2, 3], &[4, 1, 5], &[2, 1, 2, 1, 2, 1, 2, 3], &[65, 129]];
    for dtype in DType::ALL {
        for shape in shapes {
            let aval = ShapedArray::new(shape, *dtype);
            let literal = arbitrary(&aval);
            let array = Array::from_literal(&literal, &client().devices()[0]).unwrap();
            assert_eq!(array.aval(), &aval);
            assert!(array.to_literal().unwrap() == literal, "{aval}");
        }
    }
}
/// XLA moves the elements as they are: a transposition there and back.
#[test]
fn programs_see_every_dtype_as_it_is() {
    for dtype in DType::ALL {
        let (aval, flat) = (ShapedArray::new(&[3, 5], *dtype), ShapedArray::new(&[5, 3], *dtype));
        let (tall, wide) = (aval.mlir(), flat.mlir());
        let module = format!(
            "func.func public @main(%x: {tall}) -> {wide} {{
               %y = stablehlo.transpose %x, dims = [1, 0] : ({tall}) -> {wide}
               return %y : {wide}
             }}"
        );
        let literal = arbitrary(&aval);
        let x = Array::from_literal(&literal, &client().devices()[0]).unwrap();
        let program = client().compile(&module, &CompileOptions::default(), &[aval], &[flat]).unwrap();
        let expected = literal.gather(&[5, 3], None, |i| Some(i % 3 * 5 + i / 3));
        assert!(program.run(&[&x]).unwrap()[0].to_literal().unwrap() == expected, "{dtype}");
    }
}
#[test]
fn rust_types_go_both_ways() {
    fn check<T: Element>(elements: &[T]) {
        let x = array(&[elements.len()], elements, 0);
        assert_eq!(x.to_vec::<T>().unwrap(), elements);
        assert_eq!(array(&[1, 1], &elements[..1], 0).item::<T>().unwrap(), elements[0]);
    }
    check(&[true, false, true]);
    check(&[-1i8, 2]);
    check(&[-1i16, 2]);
    check(&[-1i32, 2]);
    check(&[i64::MIN, 2]);
    check(&[255u8, 2]);
    check(&[1u16, 2]);
    check(&[1u32, 2]);
    check(&[u64::MAX, 2]);
    check(&[f16::from_f32(0.5), f16::MAX]);
    check(&[bf16::from_f32(0.5), bf16::MAX]);
    check(&[0.5f32, f32::INFINITY]);
    check(&[0.5f64, -0.0]);
    check(&[Complex32::new(1.0, 2.0)]);
    check(&[Complex64::new(1.0, 2.0)]);
}
#[test]
fn large_data_outlive_their_literal() {
    // Large enough to be shared instead of copied.
    let elements: Vec<f32> = (0..100_000).map(|i| i as f32).collect();
    for _ in 0..20 {
        let x = array(&[100, 1000], &elements, 0);
        let noise = vec![f32::NAN; 100_000];
        assert_eq!(x.to_vec::<f32>().unwrap(), elements);
        drop(noise);
    }
}
#[test]
fn errors_name_types() {
    let x = array(&[2, 3], &[1i32; 6], 0);
    let check = |error: Error, expected: &str| assert_eq!(error.to_string(), expected);
    check(x.to_vec::<f32>().unwrap_err(), "to_vec: expected f32, got i32[2,3]");
    check(x.item::<i32>().unwrap_err(), "item: expected an array with one element, got i32[2,3]");
    check(Array::try_new(&[2, 2], &[1.0f32]).unwrap_err(), "1 elements: expected f32[2,2], got [1]");
    check(x.shard_to_literal(1).unwrap_err(), "shard_to_literal: expected one of 1 devices, got 1");
    x.delete().unwrap();
    assert_eq!(format!("{x:?}"), "Array(i32[2,3], cpu:0, donated)");
    assert!(x.to_literal().unwrap_err().to_string().contains("Use that call's result"));
}
#[test]
fn copies_to_other_devices_and_clients() {
    let x = array(&[3], &[1.0f32, 2.0, 3.0], 0);
    let there = x.copy_to(&client().devices()[2]).unwrap();
    assert_eq!(there.device(), client().devices()[2]);
    assert_eq!(there.to_vec::<f32>().unwrap(), [1.0, 2.0, 3.0]);
    assert!(x.copy_to(&client().devices()[0]).unwrap().is_same(&x));
    let other = Client::cpu(1).unwrap();
    let elsewhere = x.copy_to(&other.devices()[0]).unwrap();
    assert_eq!(elsewhere.device().client(), other);
    drop(other);
    assert_eq!(elsewhere.to_vec::<f32>().unwrap(), [1.0, 2.0, 3.0]);
}
#[test]
fn shards_are_cut_and_put_together() {
    let literal = Literal::new(&[4, 6], &(0..24).collect::<Vec<i32>>());
    let shard = |start: &[usize]| Shard { start: start.into(), shape: [2usize, 3][..].into() };
    let placement = Placement::Sharded([shard(&[0, 0]), shard(&[0, 3]), shard(&[2, 0]), shard(&[2, 3])].into());
    let x = Array::from_literal_placed(&literal, &placement, client().devices()).unwrap();
    assert_eq!(format!("{x:?}"), "Array(i32[4,6], cpu:0 cpu:1 cpu:2 cpu:3)");
    assert_eq!(x.shard_to_literal(1).unwrap(), Literal::new(&[2, 3], &[3, 4, 5, 9, 10, 11]));
    assert_eq!(x.to_literal().unwrap(), literal);
    assert_eq!(x.copy_to(&client().devices()[1]).unwrap().to_literal().unwrap(), literal);
    let whole = Array::from_literal_placed(&literal, &Placement::Whole, client().devices()).unwrap();
    assert_eq!(whole.to_literal().unwrap(), literal);
    for (placement, devices) in [(&placement, &client().devices()[..2]), (&Placement::Whole, &[][..])] {
        assert!(matches!(Array::from_literal_placed(&literal, placement, devices), Err(Error::Mismatch { .. })));
    }
    let outside = Placement::Sharded([shard(&[3, 0])].into());
    assert!(Array::from_literal_placed(&literal, &outside, &client().devices()[..1]).is_err());
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("raxla-npy-{}-{name}.npy", std::process::id()))
}
#[test]
fn npy_files_round_trip() {
    for dtype in DType::ALL {
        for shape in [&[][..], &[5], &[2, 3], &[0, 2]] {
            let literal = arbitrary(&ShapedArray::new(shape, *dtype));
            let literal = if *dtype == DType::Bool {
                Literal::from_ints(literal.aval().clone(), literal.ints())
            } else {
                literal
            };
            let (path, x) = (file(dtype.name()), Array::from(&literal));
            match x.save_npy(&path) {
                Ok(()) => assert!(Array::load_npy(&path).unwrap().to_literal().unwrap() == literal, "{dtype}"),
                Err(Error::Format { .. }) => {
                    assert!(*dtype == DType::BF16 || dtype.bits() < 8 || dtype.is_float(), "{dtype}")
                }
                Err(error) => panic!("{dtype}: {error}"),
            }
            let _ = std::fs::remove_file(path);
        }
    }
}
#[test]
fn npy_files_of_others() {
    let bytes = |descr: &str, fortran: &str, shape: &str, data: &[u8]| {
        let mut header = format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}");
        while (10 + header.len() + 1) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), data].concat()
    };
    let load = |name: &str, bytes: &[u8]| {
        std::fs::write(file(name), bytes).unwrap();
        let loaded = Array::load_npy(file(name));
        std::fs::remove_file(file(name)).unwrap();
        loaded
    };
    let big = load("big", &bytes("'>i2'", "False", "(2,)", &[0, 1, 1, 0])).unwrap();
    assert_eq!(big.to_vec::<i16>().unwrap(), [1, 256]);
    let fortran = load("fortran", &bytes("'|u1'", "True", "(2, 3)", &[1, 4, 2, 5, 3, 6])).unwrap();
    assert_eq!(fortran.to_vec::<u8>().unwrap(), [1, 2, 3, 4, 5, 6]);
    let check = |outcome: raxla_runtime::Result<Array>, words: &str| {
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    check(load("text", &bytes("'<U3'", "False", "(1,)", &[0; 12])), "which no dtype corresponds to");
    check(load("structure", &bytes("[('a', '<i4')]", "False", "(1,)", &[0; 4])), "structures");
    check(load("short", &bytes("'<i4'", "False", "(4,)", &[0; 8])), "raxla-npy");
    check(load("other", b"PK nothing of the kind"), "raxla-npy");
    check(Array::load_npy(Path::new("/nowhere/at/all.npy")), "/nowhere/at/all.npy");
    check(Array::from(1.0f32).save_npy("/nowhere/at/all.npy").map(|()| Array::from(1)), "/nowhere/at/all.npy");
}

#[test]
fn loading_what_is_no_plugin() {
    let check = |path: &Path, words: &str| {
        let error = Client::load(path, &ClientOptions::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    check(Path::new("/nowhere/plugin.so"), "cannot load /nowhere/plugin.so");
    let text = std::env::temp_dir().join(format!("raxla-no-plugin-{}.so", std::process::id()));
    std::fs::write(&text, "no library").unwrap();
    check(&text, "cannot load");
    std::fs::remove_file(&text).unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    if let Some(libc) = maps.split_whitespace().find(|word| word.ends_with("/libc.so.6")) {
        check(Path::new(libc), "is a library but not a PJRT plugin");
    }
}
#[test]
fn what_says_something_of_itself() {
    let client = client();
    assert_eq!((client.platform(), client.devices().len()), ("cpu", 4));
    assert!(client.api_version().1 >= 54 && !client.platform_version().is_empty() && !client.fingerprint().is_empty());
    let device = &client.devices()[3];
    assert_eq!((device.to_string(), device.id(), client.device(3)), ("cpu:3".to_owned(), 3, Some(device)));
    assert_eq!(device.client(), *client);
    assert!(device != &client.devices()[0]);
    assert_eq!(avals("f32[2,3] i32[]"), [ShapedArray::new(&[2, 3], DType::F32), ShapedArray::new(&[], DType::I32)]);
}

#[cfg(feature = "ndarray")]
#[test]
fn ndarrays_go_both_ways() {
    let source = ndarray::ArrayD::from_shape_vec(vec![2, 3], vec![1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    assert_eq!(Array::try_from(&source).unwrap().to_ndarray::<f32>().unwrap(), source);
    let transposed = source.t();
    let array = Array::from_ndarray(&transposed).unwrap();
    assert_eq!(array.shape(), [3, 2]);
    assert_eq!(array.to_vec::<f32>().unwrap(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    assert!(array.to_ndarray::<i32>().is_err());
}
