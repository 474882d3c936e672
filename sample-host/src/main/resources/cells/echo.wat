;; Sends back whatever it is told, the way it came.
(module
  (import "host" "reply" (func $reply (param i32 i32)))
  (import "host" "udp_send" (func $udp_send (param i32 i32)))
  (memory (export "memory") 2)
  (func (export "buffer") (result i32) (i32.const 1024))
  (func (export "capacity") (result i32) (i32.const 65536))
  (func (export "step") (param $kind i32) (param $length i32)
    (if (i32.eq (local.get $kind) (i32.const 1))
      (then (call $reply (i32.const 1024) (local.get $length))))
    (if (i32.eq (local.get $kind) (i32.const 2))
      (then (call $udp_send (i32.const 1024) (local.get $length))))))
