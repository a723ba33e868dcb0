//! Compiling and running: what goes in, what comes out, and what is refused.

mod shared;

use raxla_ir::Literal;
use raxla_runtime::{Array, Client, CompileOptions, Error, Executable, Placement, Shard};
use shared::{array, avals, client, compile};

const ADD: &str = "func.func public @main(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
    %z = stablehlo.add %x, %y : tensor<2xf32>
    return %z : tensor<2xf32>
}";
const REUSE: &str =
    "func.func public @main(%x: tensor<2xf32> {tf.aliasing_output = 0 : i32}, %y: tensor<2xf32>) -> tensor<2xf32> {
    %z = stablehlo.add %x, %y : tensor<2xf32>
    return %z : tensor<2xf32>
}";

fn add() -> Executable {
    compile(ADD, "f32[2] f32[2]", "f32[2]").unwrap()
}
fn values(array: &Array) -> Vec<f32> {
    array.to_vec().unwrap()
}

#[test]
fn runs() {
    let (x, y) = (array(&[2], &[1.0f32, 2.0], 0), array(&[2], &[10.0f32, 20.0], 0));
    let z = add().run(&[&x, &y]).unwrap();
    assert_eq!(values(&z[0]), [11.0, 22.0]);
    z[0].block_until_ready().unwrap();
    assert!(z[0].is_ready().unwrap());
    assert_eq!(values(&add().run(&[&x, &x]).unwrap()[0]), [2.0, 4.0]);
}

#[test]
fn runs_on_the_device_that_it_was_compiled_for() {
    let options = CompileOptions::on_device(1);
    let add = client().compile(ADD, &options, &avals("f32[2] f32[2]"), &avals("f32[2]")).unwrap();
    assert_eq!(add.devices(), client().devices()[1..2]);
    let x = array(&[2], &[1.0f32, 2.0], 1);
    let z = &add.run(&[&x, &x]).unwrap()[0];
    assert_eq!((z.device(), values(z)), (client().devices()[1].clone(), vec![2.0, 4.0]));
}

#[test]
fn results_in_any_number_and_order() {
    let none = "func.func public @main(%x: tensor<f32>) { return }";
    assert!(compile(none, "f32[]", "").unwrap().run(&[&array(&[], &[1.0f32], 0)]).unwrap().is_empty());
    let module = "func.func public @main() -> (tensor<f32>, tensor<2xi32>, tensor<0xf32>) {
        %a = stablehlo.constant dense<1.5> : tensor<f32>
        %b = stablehlo.constant dense<[3, 4]> : tensor<2xi32>
        %c = stablehlo.constant dense<> : tensor<0xf32>
        return %a, %b, %c : tensor<f32>, tensor<2xi32>, tensor<0xf32>
    }";
    let out = compile(module, "", "f32[] i32[2] f32[0]").unwrap().run(&[]).unwrap();
    assert_eq!(values(&out[0]), [1.5]);
    assert_eq!(out[1].to_vec::<i32>().unwrap(), [3, 4]);
    assert_eq!(values(&out[2]), [0.0; 0]);
    // An input that is a result as well, twice.
    let same = "func.func public @main(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
        return %x, %x : tensor<2xf32>, tensor<2xf32>
    }";
    let x = array(&[2], &[1.0f32, 2.0], 0);
    let out = compile(same, "f32[2]", "f32[2] f32[2]").unwrap().run(&[&x]).unwrap();
    x.delete().unwrap();
    assert_eq!((values(&out[0]), values(&out[1])), (vec![1.0, 2.0], vec![1.0, 2.0]));
}

#[test]
fn results_in_another_layout_are_read_in_order() {
    let module = "func.func public @main(%x: tensor<2x3xf32>) -> (tensor<2x3xf32> {mhlo.layout_mode = \"{0,1}\"}) {
        return %x : tensor<2x3xf32>
    }";
    let elements = [1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0];
    let out = compile(module, "f32[2,3]", "f32[2,3]").unwrap().run(&[&array(&[2, 3], &elements, 0)]).unwrap();
    assert_eq!(values(&out[0]), elements);
}

#[test]
fn wrong_arguments_are_named() {
    let (add, good) = (add(), array(&[2], &[1.0f32, 2.0], 0));
    let check = |arguments: &[&Array], expected: &str| {
        assert_eq!(add.run(arguments).unwrap_err().to_string(), expected);
        let donated = vec![true; arguments.len()];
        assert_eq!(add.run_donating(arguments, &donated).unwrap_err().to_string(), expected);
        assert!(!good.is_donated());
    };
    check(&[&good], "run: number of arguments: expected 2, got 1");
    check(&[&array(&[2], &[1i32, 2], 0), &good], "run: argument 0: expected f32[2], got i32[2]");
    check(&[&good, &array(&[1, 2], &[1.0f32, 2.0], 0)], "run: argument 1: expected f32[2], got f32[1,2]");
    check(&[&good, &array(&[3], &[1.0f32; 3], 0)], "run: argument 1: expected f32[2], got f32[3]");
    check(
        &[&good, &array(&[2], &[1.0f32; 2], 3)],
        "run: argument 1: expected f32[2] on [cpu:0], got f32[2] on [cpu:3]",
    );
    let other = Client::cpu(1).unwrap();
    let stranger = Array::from_literal(&Literal::new(&[2], &[1.0f32; 2]), &other.devices()[0]).unwrap();
    check(&[&stranger, &good], "run: argument 0: expected f32[2] on [cpu:0], got f32[2] on [cpu:0] of another client");
    let both =
        Array::from_literal_placed(&Literal::new(&[2], &[1.0f32; 2]), &Placement::Whole, &client().devices()[..2]);
    check(&[&good, &both.unwrap()], "run: argument 1: expected f32[2] on [cpu:0], got f32[2] on [cpu:0, cpu:1]");
    let flags = add.run_donating(&[&good, &good], &[true]).unwrap_err();
    assert_eq!(flags.to_string(), "run: number of donation flags: expected 2, got 1");
}

#[test]
fn donated_arrays_are_gone() {
    for module in [REUSE, ADD] {
        let add = compile(module, "f32[2] f32[2]", "f32[2]").unwrap();
        let (x, y) = (array(&[2], &[1.0f32, 2.0], 0), array(&[2], &[10.0f32, 20.0], 0));
        let clone = x.clone();
        // Not donated: the program must not overwrite it even if it could.
        let kept = add.run(&[&x, &y]).unwrap();
        assert_eq!(values(&x), [1.0, 2.0]);
        for (flags, given, other) in [([true, false], 0, 1), ([false, true], 1, 0), ([true, true], 1, 0)] {
            let twice = add.run_donating(&[&x, &x], &flags).unwrap_err();
            let expected = format!(
                "run: argument {given}, which is donated: expected an array used once, got the same array as argument {other}"
            );
            assert_eq!(twice.to_string(), expected);
            assert!(!x.is_donated());
        }
        let z = add.run_donating(&[&x, &y], &[true, false]).unwrap();
        assert_eq!(values(&z[0]), [11.0, 22.0]);
        assert_eq!(values(&kept[0]), [11.0, 22.0]);
        assert!(x.is_donated() && clone.is_donated() && !y.is_donated());
        assert!(matches!(clone.to_vec::<f32>(), Err(Error::Donated { .. })));
        assert!(matches!(clone.block_until_ready(), Err(Error::Donated { .. })));
        assert!(matches!(add.run(&[&y, &clone]), Err(Error::Donated { what, .. }) if what == "run: argument 1"));
        let again = add.run_donating(&[&y, &clone], &[true, false]).unwrap_err();
        assert!(matches!(again, Error::Donated { .. }) && !y.is_donated());
    }
}

#[test]
fn donation_leaves_shared_host_memory_alone() {
    let module = REUSE.replace("2xf32", "100000xf32");
    let add = compile(&module, "f32[100000] f32[100000]", "f32[100000]").unwrap();
    let literal = Literal::new(&[100_000], &vec![1.0f32; 100_000]);
    let x = Array::from_literal(&literal, &client().devices()[0]).unwrap();
    let y = Array::from_literal(&literal, &client().devices()[0]).unwrap();
    let z = add.run_donating(&[&x, &y], &[true, false]).unwrap();
    assert!(values(&z[0]).iter().all(|element| *element == 2.0));
    assert!(literal.as_slice::<f32>().unwrap().iter().all(|element| *element == 1.0));
}

#[test]
fn readers_and_donors_on_many_threads() {
    // Each array is read by some threads while another gives it away: a reader sees the old data or an error, never new data.
    let module = REUSE.replace("2xf32", "4096xf32");
    let add = compile(&module, "f32[4096] f32[4096]", "f32[4096]").unwrap();
    let y = array(&[4096], &[1.0f32; 4096], 0);
    for round in 0..50 {
        let x = add.run(&[&array(&[4096], &[round as f32; 4096], 0), &y]).unwrap().remove(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        match x.to_vec::<f32>() {
                            Ok(data) => assert!(data.iter().all(|element| *element == round as f32 + 1.0)),
                            Err(Error::Donated { .. }) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
            scope.spawn(|| {
                let z = add.run_donating(&[&x, &y], &[true, false]).unwrap();
                assert!(values(&z[0]).iter().all(|element| *element == round as f32 + 2.0));
            });
        });
        assert!(x.is_donated());
    }
}

#[test]
fn threads_share_everything() {
    let (add, x) = (add(), array(&[2], &[1.0f32, 2.0], 0));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (add, x) = (add.clone(), x.clone());
            scope.spawn(move || {
                let mut sum = x.clone();
                for _ in 0..500 {
                    sum = add.run(&[&sum, &x]).unwrap().remove(0);
                }
                assert_eq!(values(&sum), [501.0, 1002.0], "thread {thread}");
            });
        }
    });
}

#[test]
fn errors_are_xlas_own() {
    let unknown = ADD.replace("stablehlo.add", "stablehlo.ad");
    let error = compile(&unknown, "f32[2] f32[2]", "f32[2]").unwrap_err();
    assert!(matches!(&error, Error::Xla { operation: "Client_Compile", .. }), "{error:?}");
    assert!(error.to_string().contains("stablehlo.ad"), "{error}");
    let huge = "func.func public @main(%x: tensor<f32>) -> tensor<1000000000000xf32> {
        %y = stablehlo.broadcast_in_dim %x, dims = [] : (tensor<f32>) -> tensor<1000000000000xf32>
        return %y : tensor<1000000000000xf32>
    }";
    let huge = compile(huge, "f32[]", "f32[1000000000000]").unwrap();
    let out = huge.run(&[&array(&[], &[1.0f32], 0)]);
    let error = out.and_then(|out| out[0].block_until_ready()).unwrap_err().to_string();
    assert!(error.contains("Out of memory allocating 4000000000000 bytes"), "{error}");
}

#[test]
fn serialized_executables_run() {
    let add = add();
    let bytes = add.serialize().unwrap();
    let (ins, outs) = (avals("f32[2] f32[2]"), avals("f32[2]"));
    let loaded = client().load_executable(&bytes, &CompileOptions::default(), &ins, &outs).unwrap();
    let x = array(&[2], &[1.0f32, 2.0], 0);
    assert_eq!(values(&loaded.run(&[&x, &x]).unwrap()[0]), [2.0, 4.0]);
    let others = client().load_executable(&bytes, &CompileOptions::default(), &avals("i32[2] f32[2]"), &outs);
    assert!(others.unwrap_err().to_string().contains("with other inputs and results"));
}

#[test]
fn says_what_it_needs() {
    let add = add();
    assert_eq!(format!("{add:?}"), "Executable([f32[2], f32[2]] -> [f32[2]], [cpu:0])");
    let memory = add.memory_stats().unwrap();
    assert_eq!((memory.arguments, memory.outputs), (16, 8));
    let _ = add.cost_analysis();
}

/// Sums over four devices, each of which has a block of two.
const TOTAL: &str = r#"
sdy.mesh @mesh = <["x"=4]>
func.func public @main(%x: tensor<8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>})
    -> (tensor<8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>}, tensor<2xf32>) {
  %y = stablehlo.add %x, %x : tensor<8xf32>
  %total = sdy.manual_computation(%x) in_shardings=[<@mesh, [{"x"}]>] out_shardings=[<@mesh, [{}]>] manual_axes={"x"} (%a: tensor<2xf32>) {
    %sum = "stablehlo.all_reduce"(%a) ({
      ^bb0(%l: tensor<f32>, %r: tensor<f32>):
        %s = stablehlo.add %l, %r : tensor<f32>
        stablehlo.return %s : tensor<f32>
    }) {replica_groups = dense<[[0, 1, 2, 3]]> : tensor<1x4xi64>, channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>, use_global_device_ids} : (tensor<2xf32>) -> tensor<2xf32>
    sdy.return %sum : tensor<2xf32>
  } : (tensor<8xf32>) -> tensor<2xf32>
  return %y, %total : tensor<8xf32>, tensor<2xf32>
}"#;

fn halves() -> Placement {
    let shard = |i: usize| Shard { start: [2 * i][..].into(), shape: [2usize][..].into() };
    Placement::Sharded((0..4).map(shard).collect())
}

#[test]
fn arrays_divided_among_devices() {
    let mut options = CompileOptions::partitioned(vec![0, 1, 2, 3]);
    options.in_placements = vec![halves()];
    options.out_placements = vec![halves(), Placement::Whole];
    let total = client().compile(TOTAL, &options, &avals("f32[8]"), &avals("f32[8] f32[2]")).unwrap();
    let literal = Literal::new(&[8], &[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let x = Array::from_literal_placed(&literal, &halves(), client().devices()).unwrap();
    let out = total.run(&[&x]).unwrap();
    assert_eq!(values(&out[0]), [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0]);
    for device in 0..4 {
        assert_eq!(out[1].shard_to_literal(device).unwrap().to_vec::<f32>().unwrap(), [16.0, 20.0]);
    }
    let whole = Array::from_literal_placed(&literal, &Placement::Whole, client().devices()).unwrap();
    let error = total.run(&[&whole]).unwrap_err().to_string();
    assert!(error.contains("run: argument 0: expected f32[8] placed Sharded"), "{error}");

    let wrong = CompileOptions { in_placements: vec![], ..options.clone() };
    assert!(client().compile(TOTAL, &wrong, &avals("f32[8]"), &avals("f32[8] f32[2]")).is_ok());
    let wrong = CompileOptions { out_placements: vec![], ..options };
    assert!(client().compile(TOTAL, &wrong, &avals("f32[8]"), &avals("f32[8] f32[2]")).is_err());
}

#[test]
fn many_collectives_in_flight_do_not_deadlock() {
    let mut options = CompileOptions::partitioned(vec![0, 1, 2, 3]);
    options.in_placements = vec![halves()];
    options.out_placements = vec![halves(), Placement::Whole];
    let total = client().compile(TOTAL, &options, &avals("f32[8]"), &avals("f32[8] f32[2]")).unwrap();
    let literal = Literal::new(&[8], &[1.0f32; 8]);
    let x = Array::from_literal_placed(&literal, &halves(), client().devices()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let outs: Vec<_> = (0..200).map(|_| total.run(&[&x]).unwrap()).collect();
                for out in outs {
                    assert_eq!(values(&out[1]), [4.0, 4.0]);
                }
            });
        }
    });
}
