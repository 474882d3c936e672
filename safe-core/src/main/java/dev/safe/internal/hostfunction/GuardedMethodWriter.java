package dev.safe.internal.hostfunction;

import static dev.safe.internal.hostfunction.SpunClassWriter.BOUNDARY;
import static dev.safe.internal.hostfunction.SpunClassWriter.CALL;
import static dev.safe.internal.hostfunction.SpunClassWriter.STRING;
import static dev.safe.internal.hostfunction.SpunClassWriter.THREAD;
import static dev.safe.internal.hostfunction.SpunClassWriter.THROWABLE;
import static org.objectweb.asm.Opcodes.*;

import dev.safe.internal.watch.WatchedCall;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Writes a method that guards a call by the protocol of {@link CallBoundary}.
 *
 * <p>Its handlers catch any throwable without naming a type, because a type might have to be resolved where there is no
 * room.
 */
abstract class GuardedMethodWriter {

    /** Limits what may be thrown at the caller. */
    enum Throws {
        /** Allows what the boundary decides to pass on. */
        AS_DECIDED("failed"),

        /** Allows nothing at all, even if a boundary breaks its promises, because the caller is native code. */
        NOTHING("contained");

        private final String end;

        Throws(String end) {
            this.end = end;
        }
    }

    private static final Type STACK_OVERFLOW = Type.getType(StackOverflowError.class);
    private static final Type OUT_OF_MEMORY = Type.getType(OutOfMemoryError.class);
    private static final Type MACHINE_ERROR = Type.getType(VirtualMachineError.class);
    private static final Type INTERRUPTION = Type.getType(InterruptedException.class);

    final SpunClassWriter spun;
    final MethodVisitor code;

    private final Throws allowed;
    private final MethodType type;
    private final Type[] parameters;
    private final Type result;

    // Local variables.
    private final int seen;
    private final int call;
    private final int thrown;
    private final int ours;
    private final int caller;
    private final int lock;

    GuardedMethodWriter(SpunClassWriter spun, int access, String name, MethodType type, Throws allowed) {
        String descriptor = type.toMethodDescriptorString();
        this.spun = spun;
        this.allowed = allowed;
        this.type = type;
        parameters = Type.getArgumentTypes(descriptor);
        result = Type.getReturnType(descriptor);
        seen = Type.getArgumentsAndReturnSizes(descriptor) >> 2; // The slot after `this` and the parameters.
        call = seen + 1;
        thrown = seen + 2;
        ours = seen + 3;
        caller = seen + 4;
        lock = seen + 5;
        code = spun.method(access, name, descriptor);
    }

    /** Writes the guarded call, with {@link #callAndReturn}. */
    abstract void attempt();

    final void write() {
        guard();
        SpunClassWriter.end(code);
    }

    private void guard() {
        Label begun = new Label();
        Label attempt = new Label();
        Label returned = new Label();
        Label caught = new Label();
        Label concluded = new Label();
        Label notAdmitted = new Label();
        Label fallback = new Label();
        Label missed = new Label();
        code.visitTryCatchBlock(attempt, returned, returned, null);
        code.visitTryCatchBlock(caught, concluded, missed, null);
        begin();
        code.visitLabel(begun);
        admit(fallback);
        code.visitLabel(attempt);
        attempt();
        code.visitLabel(returned);
        frame(1, THROWABLE.getInternalName());
        code.visitVarInsn(ASTORE, thrown);
        code.visitLabel(caught);
        conclude();
        code.visitLabel(concluded);
        if (allowed == Throws.NOTHING) {
            code.visitTryCatchBlock(begun, attempt, notAdmitted, null);
            code.visitJumpInsn(GOTO, fallback);
            code.visitLabel(notAdmitted);
            frame(1, THROWABLE.getInternalName());
            code.visitInsn(POP);
        }
        code.visitLabel(fallback);
        frame(1);
        returnFallback();
        code.visitLabel(missed);
        frame(2, THROWABLE.getInternalName());
        makeDo();
    }

    /** Writes {@code call = null; seen = boundary.gate}. */
    private void begin() {
        code.visitInsn(ACONST_NULL);
        code.visitVarInsn(ASTORE, call);
        spun.load(code, "boundary");
        code.visitFieldInsn(GETFIELD, BOUNDARY.getInternalName(), "gate", "I");
        code.visitVarInsn(ISTORE, seen);
    }

    /** Asks the boundary, but only if the gate says so. */
    private void admit(Label rejected) {
        Label admitted = new Label();
        code.visitVarInsn(ILOAD, seen);
        code.visitLdcInsn(CallBoundary.OBSERVED);
        code.visitInsn(IAND);
        code.visitJumpInsn(IFEQ, admitted);
        spun.load(code, "boundary");
        SpunClassWriter.callBoundary(code, "enter", CALL);
        code.visitInsn(DUP);
        code.visitVarInsn(ASTORE, call);
        code.visitFieldInsn(GETSTATIC, BOUNDARY.getInternalName(), "REJECTED", CALL.getDescriptor());
        code.visitJumpInsn(IF_ACMPEQ, rejected);
        code.visitLabel(admitted);
        frame(1);
    }

    /** Calls a method of the object on the stack with the arguments, exits the boundary, and returns. */
    final void callAndReturn(int opcode, Class<?> owner, String name) {
        loadArguments();
        code.visitMethodInsn(
                opcode, Type.getInternalName(owner), name, type.toMethodDescriptorString(), owner.isInterface());
        Label unobserved = new Label();
        code.visitVarInsn(ALOAD, call);
        code.visitJumpInsn(IFNULL, unobserved);
        spun.load(code, "boundary");
        code.visitVarInsn(ALOAD, call);
        SpunClassWriter.callBoundary(code, "exit", Type.VOID_TYPE, CALL);
        code.visitLabel(unobserved);
        if (result.getSort() == Type.VOID) {
            frame(1);
        } else {
            frame(1, verificationType(result));
        }
        code.visitInsn(result.getOpcode(IRETURN));
    }

    private void loadArguments() {
        int slot = 1;
        for (Type parameter : parameters) {
            code.visitVarInsn(parameter.getOpcode(ILOAD), slot);
            slot += parameter.getSize();
        }
    }

    /** Lets the boundary decide what becomes of the panic. */
    private void conclude() {
        spun.load(code, "boundary");
        code.visitVarInsn(ILOAD, seen);
        code.visitVarInsn(ALOAD, call);
        spun.load(code, "function");
        code.visitVarInsn(ALOAD, thrown);
        SpunClassWriter.callBoundary(code, allowed.end, Type.VOID_TYPE, Type.INT_TYPE, CALL, STRING, THROWABLE);
    }

    private void returnFallback() {
        if (mayBeArray()) {
            returnFreshCopy();
        } else {
            returnStoredFallback();
        }
    }

    private boolean mayBeArray() {
        return type.returnType().isArray() || type.returnType().isAssignableFrom(Object[].class);
    }

    /** Returns a fresh copy of the fallback, or the stored one where a copy needs room that is not left. */
    private void returnFreshCopy() {
        Label copy = new Label();
        Label copied = new Label();
        Label stored = new Label();
        code.visitTryCatchBlock(copy, copied, copied, null);
        spun.loadFallback(code, result);
        code.visitJumpInsn(IFNULL, stored);
        code.visitLabel(copy);
        spun.applyFallback(code, result);
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
            spun.loadFallback(code, result);
        }
        code.visitInsn(result.getOpcode(IRETURN));
    }

    /** Ends the call without calling anything. */
    private void makeDo() {
        code.visitVarInsn(ASTORE, ours);
        if (allowed == Throws.AS_DECIDED) {
            throwWhatIsDecided();
        }
        findCaller();
        countMissed();
        abandonCall();
        if (allowed == Throws.AS_DECIDED) {
            throwWhatWouldBeDecided();
        }
        returnStoredFallback();
    }

    /** Throws what the boundary threw, unless it threw for want of room. */
    private void throwWhatIsDecided() {
        Label noRoom = new Label();
        Label decided = new Label();
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
    }

    /** Throws the panic if the policy throws panics, or if this one is fatal. */
    private void throwWhatWouldBeDecided() {
        Label passOn = new Label();
        Label giveUp = new Label();
        code.visitVarInsn(ILOAD, seen);
        code.visitLdcInsn(CallBoundary.THROWING);
        code.visitInsn(IAND);
        code.visitJumpInsn(IFNE, passOn);
        jumpIf(thrown, MACHINE_ERROR, IFEQ, giveUp);
        jumpIf(thrown, STACK_OVERFLOW, IFNE, giveUp);
        code.visitLabel(passOn);
        frame(4);
        code.visitVarInsn(ALOAD, thrown);
        code.visitInsn(ATHROW);
        code.visitLabel(giveUp);
        frame(4);
    }

    private void jumpIf(int variable, Type of, int opcode, Label target) {
        code.visitVarInsn(ALOAD, variable);
        code.visitTypeInsn(INSTANCEOF, of.getInternalName());
        code.visitJumpInsn(opcode, target);
    }

    /** Writes {@code caller = }the thread whose interrupt flag is to be set again, or null if there is none. */
    private void findCaller() {
        Label find = new Label();
        Label found = new Label();
        Label none = new Label();
        Label done = new Label();
        code.visitTryCatchBlock(find, found, none, null);
        code.visitInsn(ACONST_NULL);
        code.visitVarInsn(ASTORE, caller);
        jumpIf(thrown, INTERRUPTION, IFEQ, done);
        code.visitVarInsn(ALOAD, call);
        code.visitJumpInsn(IFNULL, find);
        code.visitVarInsn(ALOAD, call);
        jumpIfState(WatchedCall.INTERRUPTED, done);
        code.visitLabel(find);
        frame(4);
        SpunClassWriter.currentThread(code);
        code.visitVarInsn(ASTORE, caller);
        code.visitLabel(found);
        code.visitJumpInsn(GOTO, done);
        code.visitLabel(none);
        frame(4, THROWABLE.getInternalName());
        code.visitInsn(POP);
        code.visitLabel(done);
        frame(4);
    }

    /** Jumps if the call on the stack is in a state. */
    private void jumpIfState(long state, Label target) {
        code.visitFieldInsn(GETFIELD, CALL.getInternalName(), "word", "J");
        code.visitLdcInsn(WatchedCall.STATE_MASK);
        code.visitInsn(LAND);
        code.visitLdcInsn(state);
        code.visitInsn(LCMP);
        code.visitJumpInsn(IFEQ, target);
    }

    /**
     * Writes {@code synchronized (boundary) { boundary.missedPanics++; boundary.missedPanic = thrown; boundary.gate |=
     * OWING; }}, and stores the caller if there is one. Keeps the lock in a variable of its own, as compilers do, since
     * the JIT refuses to compile a method whose monitor instructions it cannot pair.
     */
    private void countMissed() {
        Label locked = new Label();
        Label entering = new Label();
        Label entered = new Label();
        Label unlocked = new Label();
        Label unlock = new Label();
        Label done = new Label();
        code.visitTryCatchBlock(locked, entering, entering, null);
        code.visitTryCatchBlock(locked, unlocked, unlock, null);
        spun.load(code, "boundary");
        code.visitInsn(DUP);
        code.visitVarInsn(ASTORE, lock);
        code.visitInsn(MONITORENTER);
        code.visitLabel(locked);
        code.visitJumpInsn(GOTO, entered);
        code.visitLabel(entering); // There was no room left to enter the monitor, which is entered.
        frame(5, THROWABLE.getInternalName());
        code.visitInsn(POP);
        code.visitLabel(entered);
        frame(5);
        spun.load(code, "boundary");
        code.visitInsn(DUP);
        code.visitFieldInsn(GETFIELD, BOUNDARY.getInternalName(), "missedPanics", "I");
        code.visitInsn(ICONST_1);
        code.visitInsn(IADD);
        code.visitFieldInsn(PUTFIELD, BOUNDARY.getInternalName(), "missedPanics", "I");
        spun.load(code, "boundary");
        code.visitVarInsn(ALOAD, thrown);
        code.visitFieldInsn(PUTFIELD, BOUNDARY.getInternalName(), "missedPanic", THROWABLE.getDescriptor());
        Label nobody = new Label();
        code.visitVarInsn(ALOAD, caller);
        code.visitJumpInsn(IFNULL, nobody);
        spun.load(code, "boundary");
        code.visitVarInsn(ALOAD, caller);
        code.visitFieldInsn(PUTFIELD, BOUNDARY.getInternalName(), "missedInterrupt", THREAD.getDescriptor());
        code.visitLabel(nobody);
        frame(5);
        spun.load(code, "boundary");
        code.visitInsn(DUP);
        code.visitFieldInsn(GETFIELD, BOUNDARY.getInternalName(), "gate", "I");
        code.visitLdcInsn(CallBoundary.OWING);
        code.visitInsn(IOR);
        code.visitFieldInsn(PUTFIELD, BOUNDARY.getInternalName(), "gate", "I");
        code.visitVarInsn(ALOAD, lock);
        code.visitInsn(MONITOREXIT);
        code.visitLabel(unlocked);
        code.visitJumpInsn(GOTO, done);
        code.visitLabel(unlock); // Nothing above throws, but the JIT requires an unlock on each path.
        frame(5, THROWABLE.getInternalName());
        code.visitInsn(POP);
        code.visitVarInsn(ALOAD, lock);
        code.visitInsn(MONITOREXIT);
        code.visitLabel(done);
        frame(4);
    }

    /**
     * Abandons the call, so that others end it. Then waits while the watchdog is about to interrupt this thread because
     * of the call.
     */
    private void abandonCall() {
        Label wait = new Label();
        Label over = new Label();
        code.visitVarInsn(ALOAD, call);
        code.visitJumpInsn(IFNULL, over);
        code.visitVarInsn(ALOAD, call);
        code.visitInsn(ICONST_1);
        code.visitFieldInsn(PUTFIELD, CALL.getInternalName(), "abandoned", "Z");
        code.visitLabel(wait);
        frame(4);
        code.visitVarInsn(ALOAD, call);
        jumpIfState(WatchedCall.CLAIMED, wait);
        code.visitLabel(over);
        frame(4);
    }

    /**
     * Declares to the verifier what the local variables and the stack hold from here on.
     *
     * @param more how many of the variables call, thrown, ours, caller and lock are set
     */
    final void frame(int more, Object... stack) {
        List<Object> locals = new ArrayList<>();
        locals.add(spun.self().getInternalName());
        for (Type parameter : parameters) {
            locals.add(verificationType(parameter));
        }
        locals.add(INTEGER);
        Type[] others = {CALL, THROWABLE, THROWABLE, THREAD, BOUNDARY};
        for (int i = 0; i < more; i++) {
            locals.add(others[i].getInternalName());
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
