;; Counts ticks and requests, and replies with the count in decimal.
(module
  (import "host" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 2)
  (global $count (mut i32) (i32.const 0))
  (func (export "buffer") (result i32) (i32.const 1024))
  (func (export "capacity") (result i32) (i32.const 65536))
  ;; Writes the digits from address 1000 down, and replies with them.
  (func $reply_count
    (local $rest i32) (local $at i32)
    (local.set $rest (global.get $count))
    (local.set $at (i32.const 1000))
    (loop $digit
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at)
        (i32.add (i32.const 48) (i32.rem_u (local.get $rest) (i32.const 10))))
      (local.set $rest (i32.div_u (local.get $rest) (i32.const 10)))
      (br_if $digit (local.get $rest)))
    (call $reply (local.get $at) (i32.sub (i32.const 1000) (local.get $at))))
  (func (export "step") (param $kind i32) (param $length i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (if (i32.eq (local.get $kind) (i32.const 1))
      (then (call $reply_count)))))
