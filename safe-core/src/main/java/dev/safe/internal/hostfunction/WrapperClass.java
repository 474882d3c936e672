package dev.safe.internal.hostfunction;

import static org.objectweb.asm.Opcodes.*;

import dev.safe.internal.hostfunction.HostInterface.HostMethod;
import dev.safe.internal.watch.WatchedCall;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Spins the class of an interface's wrappers. For {@code int send(long to, byte[] data)} it is what one would write:
 *
 * <pre>{@code
 * public int send(long to, byte[] data) {
 *     int seen = boundary.gate;
 *     WatchedCall call = (seen & OBSERVED) == 0 ? null : boundary.enter();
 *     if (call != CallBoundary.REJECTED) {
 *         try {
 *             int result = target.send(to, data);
 *             if (call != null) {
 *                 boundary.exit(call);
 *             }
 *             return result;
 *         } catch (Throwable thrown) {
 *             try {
 *                 boundary.failed(seen, call, function, thrown);
 *             } catch (Throwable ours) {
 *                 ... // as CallBoundary has it
 *             }
 *         }
 *     }
 *     return fallback0;
 * }
 * }</pre>
 *
 * <p>What a method falls back to is worked out when the wrapper is made, one field for each type that methods return: at
 * the end of the stack nothing can be called. Only an array is copied afresh, where there is room for it.
 *
 * <p>For the same reason the handlers catch any throwable without naming a type, and the class's initialiser rehearses a
 * panic of each method: what the code names is resolved by then, which may take class loading.
 *
 * <p>A default method that the target does not override is called as {@code Sender.super.send(to, data)} instead. Apart from the
 * interface and what it mentions, the class knows the JDK, {@link CallBoundary} and {@link WatchedCall} only.
 */
final class WrapperClass {

    /** What a wrapper's class is called, after its interface. */
    static final String SUFFIX = "$$Guarded";

    private static final Type OBJECT = Type.getType(Object.class);
    private static final Type BOUNDARY = Type.getType(CallBoundary.class);
    private static final Type CALL = Type.getType(WatchedCall.class);
    private static final Type STRING = Type.getType(String.class);
    private static final Type FUNCTION = Type.getType(Function.class);
    private static final Type THROWABLE = Type.getType(Throwable.class);
    private static final Type FLAGS = Type.getType(boolean[].class);
    private static final Type STACK_OVERFLOW = Type.getType(StackOverflowError.class);
    private static final Type OUT_OF_MEMORY = Type.getType(OutOfMemoryError.class);
    private static final Type MACHINE_ERROR = Type.getType(VirtualMachineError.class);
    private static final String CALL_ONLY = Type.getMethodDescriptor(Type.VOID_TYPE, CALL);

    /** An initialiser has room for a few hundred rehearsals. Larger interfaces are rare, and lose little. */
    private static final int MAX_REHEARSALS = 64;

    private final Type self;
    private final Type type;

    /** The names of the fields that hold what methods fall back to, by the type that they return. */
    private final Map<Type, String> fallbacks = new LinkedHashMap<>();

    private final ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);

    private WrapperClass(String name, HostInterface host) {
        self = Type.getObjectType(name.replace('.', '/'));
        type = Type.getType(host.type());
        writer.visit(
                V17,
                ACC_PUBLIC | ACC_FINAL | ACC_SUPER | ACC_SYNTHETIC,
                self.getInternalName(),
                null,
                OBJECT.getInternalName(),
                new String[] {type.getInternalName()});
        field("boundary", BOUNDARY);
        field("function", STRING);
        field("target", type);
        field("fallback", FUNCTION);
        field("overridden", FLAGS);
        fallbackFields(host);
        constructor(Type.getType(constructorOf(host).toMethodDescriptorString()));
        new Rehearsal(host).write();
        describe();
        for (HostMethod method : host.methods()) {
            new GuardedMethod(method).write();
        }
        writer.visitEnd();
    }

    /** The class of that binary name, which decides on its package. */
    static byte[] spin(String name, HostInterface host) {
        return new WrapperClass(name, host).writer.toByteArray();
    }

    /** What its constructor takes. */
    static MethodType constructorOf(HostInterface host) {
        return MethodType.methodType(
                void.class, CallBoundary.class, String.class, host.type(), Function.class, boolean[].class);
    }

    private void field(String name, Type of) {
        writer.visitField(ACC_PRIVATE | ACC_FINAL, name, of.getDescriptor(), null, null)
                .visitEnd();
    }

    private void fallbackFields(HostInterface host) {
        for (HostMethod method : host.methods()) {
            Type result = Type.getType(method.returnType());
            String name = "fallback" + fallbacks.size();
            if (result.getSort() != Type.VOID && fallbacks.putIfAbsent(result, name) == null) {
                field(name, result);
            }
        }
    }

    private void constructor(Type descriptor) {
        MethodVisitor code = writer.visitMethod(ACC_PUBLIC, "<init>", descriptor.getDescriptor(), null, null);
        code.visitCode();
        code.visitVarInsn(ALOAD, 0);
        code.visitMethodInsn(INVOKESPECIAL, OBJECT.getInternalName(), "<init>", "()V", false);
        String[] fields = {"boundary", "function", "target", "fallback", "overridden"};
        for (int i = 0; i < fields.length; i++) {
            code.visitVarInsn(ALOAD, 0);
            code.visitVarInsn(ALOAD, i + 1);
            String of = descriptor.getArgumentTypes()[i].getDescriptor();
            code.visitFieldInsn(PUTFIELD, self.getInternalName(), fields[i], of);
        }
        for (Map.Entry<Type, String> fallback : fallbacks.entrySet()) {
            code.visitVarInsn(ALOAD, 0);
            applyFallback(code, fallback.getKey());
            code.visitFieldInsn(
                    PUTFIELD,
                    self.getInternalName(),
                    fallback.getValue(),
                    fallback.getKey().getDescriptor());
        }
        code.visitInsn(RETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    /** {@code (R) fallback.apply(R.class)}. */
    private void applyFallback(MethodVisitor code, Type result) {
        load(code, "fallback", FUNCTION);
        if (isPrimitive(result)) {
            code.visitFieldInsn(GETSTATIC, box(result).getInternalName(), "TYPE", "Ljava/lang/Class;");
        } else {
            code.visitLdcInsn(result);
        }
        String apply = Type.getMethodDescriptor(OBJECT, OBJECT);
        code.visitMethodInsn(INVOKEINTERFACE, FUNCTION.getInternalName(), "apply", apply, true);
        if (isPrimitive(result)) {
            String box = box(result).getInternalName();
            code.visitTypeInsn(CHECKCAST, box);
            code.visitMethodInsn(INVOKEVIRTUAL, box, result.getClassName() + "Value", "()" + result, false);
        } else {
            code.visitTypeInsn(CHECKCAST, result.getInternalName());
        }
    }

    private static boolean isPrimitive(Type type) {
        return type.getSort() < Type.ARRAY;
    }

    private static Type box(Type primitive) {
        MethodType returning = MethodType.fromMethodDescriptorString("()" + primitive, null);
        return Type.getType(returning.wrap().returnType());
    }

    /** {@code toString()}. The other methods of Object are as it has them. */
    private void describe() {
        MethodVisitor code = writer.visitMethod(ACC_PUBLIC | ACC_FINAL, "toString", "()Ljava/lang/String;", null, null);
        code.visitCode();
        load(code, "boundary", BOUNDARY);
        load(code, "function", STRING);
        load(code, "target", type);
        call(code, "describe", STRING, STRING, OBJECT);
        code.visitInsn(ARETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    private void load(MethodVisitor code, String field, Type of) {
        code.visitVarInsn(ALOAD, 0);
        code.visitFieldInsn(GETFIELD, self.getInternalName(), field, of.getDescriptor());
    }

    /** Calls the boundary. */
    private static void call(MethodVisitor code, String method, Type result, Type... parameters) {
        String descriptor = Type.getMethodDescriptor(result, parameters);
        code.visitMethodInsn(INVOKEVIRTUAL, BOUNDARY.getInternalName(), method, descriptor, false);
    }

    /** What the class does when it is initialised: it panics once in each method, on a wrapper of nothing. */
    private final class Rehearsal {

        private final HostInterface host;

        Rehearsal(HostInterface host) {
            this.host = host;
        }

        void write() {
            constructor();
            initializer();
        }

        /** Leaves out the target. Every default method is as if overridden: no code of the interface runs. */
        private void constructor() {
            MethodVisitor code = writer.visitMethod(ACC_PRIVATE, "<init>", "()V", null, null);
            code.visitCode();
            code.visitVarInsn(ALOAD, 0);
            code.visitMethodInsn(INVOKESPECIAL, OBJECT.getInternalName(), "<init>", "()V", false);
            code.visitVarInsn(ALOAD, 0);
            outOfRoom(code);
            code.visitFieldInsn(PUTFIELD, self.getInternalName(), "boundary", BOUNDARY.getDescriptor());
            code.visitVarInsn(ALOAD, 0);
            overrideAll(code);
            code.visitFieldInsn(PUTFIELD, self.getInternalName(), "overridden", FLAGS.getDescriptor());
            code.visitInsn(RETURN);
            code.visitMaxs(0, 0);
            code.visitEnd();
        }

        private void overrideAll(MethodVisitor code) {
            int defaults = 0;
            for (HostMethod method : host.methods()) {
                defaults += method.isAbstract() ? 0 : 1;
            }
            code.visitLdcInsn(defaults);
            code.visitIntInsn(NEWARRAY, T_BOOLEAN);
            for (int i = 0; i < Math.min(defaults, MAX_REHEARSALS); i++) {
                code.visitInsn(DUP);
                code.visitLdcInsn(i);
                code.visitInsn(ICONST_1);
                code.visitInsn(BASTORE);
            }
        }

        private void initializer() {
            MethodVisitor code = writer.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
            code.visitCode();
            outOfRoom(code);
            code.visitInsn(ACONST_NULL);
            code.visitMethodInsn(INVOKEVIRTUAL, BOUNDARY.getInternalName(), "exit", CALL_ONLY, false);
            code.visitTypeInsn(NEW, self.getInternalName());
            code.visitInsn(DUP);
            code.visitMethodInsn(INVOKESPECIAL, self.getInternalName(), "<init>", "()V", false);
            code.visitVarInsn(ASTORE, 0);
            int rehearsed = 0;
            for (HostMethod method : host.methods()) {
                if (rehearsed++ < MAX_REHEARSALS) {
                    panic(code, method);
                }
            }
            code.visitInsn(RETURN);
            code.visitMaxs(0, 0);
            code.visitEnd();
        }

        private void panic(MethodVisitor code, HostMethod method) {
            code.visitVarInsn(ALOAD, 0);
            for (Class<?> parameter : method.signature().type().parameterArray()) {
                code.visitInsn(zero(Type.getType(parameter)));
            }
            code.visitMethodInsn(
                    INVOKEVIRTUAL,
                    self.getInternalName(),
                    method.signature().name(),
                    method.signature().type().toMethodDescriptorString(),
                    false);
            switch (Type.getType(method.returnType()).getSize()) {
                case 1 -> code.visitInsn(POP);
                case 2 -> code.visitInsn(POP2);
                default -> {}
            }
        }

        private static int zero(Type type) {
            return switch (type.getSort()) {
                case Type.BOOLEAN, Type.CHAR, Type.BYTE, Type.SHORT, Type.INT -> ICONST_0;
                case Type.LONG -> LCONST_0;
                case Type.FLOAT -> FCONST_0;
                case Type.DOUBLE -> DCONST_0;
                default -> ACONST_NULL;
            };
        }

        private static void outOfRoom(MethodVisitor code) {
            code.visitFieldInsn(GETSTATIC, BOUNDARY.getInternalName(), "OUT_OF_ROOM", BOUNDARY.getDescriptor());
        }
    }

    /** One method of the interface. */
    private final class GuardedMethod {

        private final HostMethod method;
        private final String descriptor;
        private final Type[] parameters;
        private final Type result;
        private final int seen;
        private final int call;
        private final int thrown;
        private final int ours;
        private final int lock;
        private final MethodVisitor code;

        GuardedMethod(HostMethod method) {
            this.method = method;
            descriptor = method.signature().type().toMethodDescriptorString();
            parameters = Type.getArgumentTypes(descriptor);
            result = Type.getReturnType(descriptor);
            seen = Type.getArgumentsAndReturnSizes(descriptor) >> 2; // The slot after `this` and the parameters.
            call = seen + 1;
            thrown = seen + 2;
            ours = seen + 3;
            lock = seen + 4;
            int varargs = method.method().isVarArgs() ? ACC_VARARGS : 0;
            code = writer.visitMethod(
                    ACC_PUBLIC | ACC_FINAL | varargs, method.signature().name(), descriptor, null, null);
        }

        void write() {
            code.visitCode();
            guard();
            code.visitMaxs(0, 0);
            code.visitEnd();
        }

        private void guard() {
            Label attempt = new Label();
            Label returned = new Label();
            Label caught = new Label();
            Label settled = new Label();
            Label fallback = new Label();
            Label missed = new Label();
            code.visitTryCatchBlock(attempt, returned, returned, null);
            code.visitTryCatchBlock(caught, settled, missed, null);
            admit(fallback);
            code.visitLabel(attempt);
            if (!method.isAbstract()) {
                runHereUnlessOverridden();
            }
            load(code, "target", type);
            callAndReturn(INVOKEINTERFACE);
            code.visitLabel(returned);
            frame(1, THROWABLE.getInternalName());
            code.visitVarInsn(ASTORE, thrown);
            code.visitLabel(caught);
            tellOfFailure();
            code.visitLabel(settled);
            code.visitLabel(fallback);
            frame(1);
            returnFallback();
            code.visitLabel(missed);
            frame(2, THROWABLE.getInternalName());
            makeDo();
        }

        /** Reads the gate; asks the boundary only where it says so. */
        private void admit(Label rejected) {
            Label admitted = new Label();
            code.visitInsn(ACONST_NULL);
            code.visitVarInsn(ASTORE, call);
            load(code, "boundary", BOUNDARY);
            code.visitFieldInsn(GETFIELD, BOUNDARY.getInternalName(), "gate", "I");
            code.visitInsn(DUP);
            code.visitVarInsn(ISTORE, seen);
            code.visitLdcInsn(CallBoundary.OBSERVED);
            code.visitInsn(IAND);
            code.visitJumpInsn(IFEQ, admitted);
            load(code, "boundary", BOUNDARY);
            WrapperClass.call(code, "enter", CALL);
            code.visitInsn(DUP);
            code.visitVarInsn(ASTORE, call);
            code.visitFieldInsn(GETSTATIC, BOUNDARY.getInternalName(), "REJECTED", CALL.getDescriptor());
            code.visitJumpInsn(IF_ACMPEQ, rejected);
            code.visitLabel(admitted);
            frame(1);
        }

        /** On the wrapper itself, so that the target does not escape. */
        private void runHereUnlessOverridden() {
            Label overridden = new Label();
            load(code, "overridden", FLAGS);
            code.visitLdcInsn(method.overridable());
            code.visitInsn(BALOAD);
            code.visitJumpInsn(IFNE, overridden);
            code.visitVarInsn(ALOAD, 0);
            callAndReturn(INVOKESPECIAL);
            code.visitLabel(overridden);
            frame(1);
        }

        /** Calls the method of what is on the stack, exits, returns. */
        private void callAndReturn(int opcode) {
            loadArguments();
            code.visitMethodInsn(
                    opcode, type.getInternalName(), method.signature().name(), descriptor, true);
            Label unobserved = new Label();
            code.visitVarInsn(ALOAD, call);
            code.visitJumpInsn(IFNULL, unobserved);
            load(code, "boundary", BOUNDARY);
            code.visitVarInsn(ALOAD, call);
            WrapperClass.call(code, "exit", Type.VOID_TYPE, CALL);
            code.visitLabel(unobserved);
            if (result.getSort() == Type.VOID) {
                frame(1);
            } else {
                frame(1, verificationType(result));
            }
            code.visitInsn(result.getOpcode(IRETURN));
        }

        private void tellOfFailure() {
            load(code, "boundary", BOUNDARY);
            code.visitVarInsn(ILOAD, seen);
            code.visitVarInsn(ALOAD, call);
            load(code, "function", STRING);
            code.visitVarInsn(ALOAD, thrown);
            WrapperClass.call(code, "failed", Type.VOID_TYPE, Type.INT_TYPE, CALL, STRING, THROWABLE);
        }

        private void returnFallback() {
            if (mayBeArray()) {
                returnFreshCopy();
            } else {
                returnStoredFallback();
            }
        }

        private boolean mayBeArray() {
            return method.returnType().isArray() || method.returnType().isAssignableFrom(Object[].class);
        }

        /** Returns the stored one where there is none to copy, or no room to. */
        private void returnFreshCopy() {
            Label copy = new Label();
            Label copied = new Label();
            Label stored = new Label();
            code.visitTryCatchBlock(copy, copied, copied, null);
            loadStoredFallback();
            code.visitJumpInsn(IFNULL, stored);
            code.visitLabel(copy);
            applyFallback(code, result);
            code.visitInsn(ARETURN);
            code.visitLabel(copied);
            frame(1, THROWABLE.getInternalName());
            code.visitInsn(POP);
            code.visitLabel(stored);
            frame(1);
            returnStoredFallback();
        }

        private void returnStoredFallback() {
            if (result.getSort() != Type.VOID) {
                loadStoredFallback();
            }
            code.visitInsn(result.getOpcode(IRETURN));
        }

        private void loadStoredFallback() {
            load(code, Objects.requireNonNull(fallbacks.get(result)), result);
        }

        /** Ends the call without calling anything, unless what came out of the boundary is what the policy says. */
        private void makeDo() {
            Label noRoom = new Label();
            Label decided = new Label();
            Label passOn = new Label();
            Label giveUp = new Label();
            code.visitVarInsn(ASTORE, ours);
            code.visitVarInsn(ALOAD, ours);
            code.visitVarInsn(ALOAD, thrown);
            code.visitJumpInsn(IF_ACMPEQ, decided);
            jumpIf(ours, STACK_OVERFLOW, IFNE, noRoom);
            jumpIf(ours, OUT_OF_MEMORY, IFNE, noRoom);
            code.visitLabel(decided);
            frame(3);
            code.visitVarInsn(ALOAD, ours);
            code.visitInsn(ATHROW);
            code.visitLabel(noRoom);
            frame(3);
            countMissed();
            abandonCall();
            code.visitVarInsn(ILOAD, seen);
            code.visitLdcInsn(CallBoundary.THROWING);
            code.visitInsn(IAND);
            code.visitJumpInsn(IFNE, passOn);
            jumpIf(thrown, MACHINE_ERROR, IFEQ, giveUp);
            jumpIf(thrown, STACK_OVERFLOW, IFNE, giveUp);
            code.visitLabel(passOn);
            frame(3);
            code.visitVarInsn(ALOAD, thrown);
            code.visitInsn(ATHROW);
            code.visitLabel(giveUp);
            frame(3);
            returnStoredFallback();
        }

        private void jumpIf(int variable, Type of, int opcode, Label target) {
            code.visitVarInsn(ALOAD, variable);
            code.visitTypeInsn(INSTANCEOF, of.getInternalName());
            code.visitJumpInsn(opcode, target);
        }

        /**
         * {@code synchronized (boundary) { boundary.missedPanics++; boundary.gate |= OWING; }}, with the lock in a variable of
         * its own, as compilers have it: the JIT compiles no method in which it cannot pair the monitor's ends.
         */
        private void countMissed() {
            Label locked = new Label();
            Label unlocked = new Label();
            Label unlock = new Label();
            Label done = new Label();
            code.visitTryCatchBlock(locked, unlocked, unlock, null);
            load(code, "boundary", BOUNDARY);
            code.visitInsn(DUP);
            code.visitVarInsn(ASTORE, lock);
            code.visitInsn(MONITORENTER);
            code.visitLabel(locked);
            load(code, "boundary", BOUNDARY);
            code.visitInsn(DUP);
            code.visitFieldInsn(GETFIELD, BOUNDARY.getInternalName(), "missedPanics", "I");
            code.visitInsn(ICONST_1);
            code.visitInsn(IADD);
            code.visitFieldInsn(PUTFIELD, BOUNDARY.getInternalName(), "missedPanics", "I");
            load(code, "boundary", BOUNDARY);
            code.visitInsn(DUP);
            code.visitFieldInsn(GETFIELD, BOUNDARY.getInternalName(), "gate", "I");
            code.visitLdcInsn(CallBoundary.OWING);
            code.visitInsn(IOR);
            code.visitFieldInsn(PUTFIELD, BOUNDARY.getInternalName(), "gate", "I");
            code.visitVarInsn(ALOAD, lock);
            code.visitInsn(MONITOREXIT);
            code.visitLabel(unlocked);
            code.visitJumpInsn(GOTO, done);
            code.visitLabel(unlock);
            frame(4, THROWABLE.getInternalName());
            code.visitVarInsn(ALOAD, lock);
            code.visitInsn(MONITOREXIT);
            code.visitInsn(ATHROW);
            code.visitLabel(done);
            frame(3);
        }

        /** Has somebody else end the call, and waits until nobody is about to interrupt this thread because of it. */
        private void abandonCall() {
            Label wait = new Label();
            Label over = new Label();
            code.visitVarInsn(ALOAD, call);
            code.visitJumpInsn(IFNULL, over);
            code.visitVarInsn(ALOAD, call);
            code.visitInsn(ICONST_1);
            code.visitFieldInsn(PUTFIELD, CALL.getInternalName(), "abandoned", "Z");
            code.visitLabel(wait);
            frame(3);
            code.visitVarInsn(ALOAD, call);
            code.visitFieldInsn(GETFIELD, CALL.getInternalName(), "word", "J");
            code.visitLdcInsn(WatchedCall.STATE_MASK);
            code.visitInsn(LAND);
            code.visitLdcInsn(WatchedCall.CLAIMED);
            code.visitInsn(LCMP);
            code.visitJumpInsn(IFEQ, wait);
            code.visitLabel(over);
            frame(3);
        }

        private void loadArguments() {
            int slot = 1;
            for (Type parameter : parameters) {
                code.visitVarInsn(parameter.getOpcode(ILOAD), slot);
                slot += parameter.getSize();
            }
        }

        /** What the verifier is to expect from here on; {@code more}: how many of call, thrown, ours and lock are set. */
        private void frame(int more, Object... stack) {
            List<Object> locals = new ArrayList<>();
            locals.add(self.getInternalName());
            for (Type parameter : parameters) {
                locals.add(verificationType(parameter));
            }
            locals.add(INTEGER);
            locals.add(CALL.getInternalName());
            for (int i = 1; i < Math.min(more, 3); i++) {
                locals.add(THROWABLE.getInternalName());
            }
            if (more == 4) {
                locals.add(BOUNDARY.getInternalName());
            }
            code.visitFrame(F_FULL, locals.size(), locals.toArray(), stack.length, stack);
        }

        private static Object verificationType(Type parameter) {
            return switch (parameter.getSort()) {
                case Type.BOOLEAN, Type.CHAR, Type.BYTE, Type.SHORT, Type.INT -> INTEGER;
                case Type.LONG -> LONG;
                case Type.FLOAT -> FLOAT;
                case Type.DOUBLE -> DOUBLE;
                default -> parameter.getInternalName();
            };
        }
    }
}
