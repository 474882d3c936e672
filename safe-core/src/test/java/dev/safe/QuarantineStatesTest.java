package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each event does in each state of a quarantine, and what its owner is notified of, in order. */
class QuarantineStatesTest {

    private final DrivenQuarantine driven = new DrivenQuarantine();

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = """
            CLEAR         | ADMIT            | CLEAR       | passes
            CLEAR         | PANIC            | QUARANTINED | asking, entered QUARANTINED: 1 panics within 10s
            CLEAR         | PANIC_OF_PROBE   | QUARANTINED | asking, entered QUARANTINED: 1 panics within 10s
            CLEAR         | RETURN           | CLEAR       | ''
            CLEAR         | RETURN_OF_PROBE  | CLEAR       | ''
            CLEAR         | EXPIRE           | CLEAR       | ''
            CLEAR         | IMPOSE           | QUARANTINED | rejecting, entered QUARANTINED: by hand
            CLEAR         | RELEASE          | CLEAR       | ''
            CLEAR       | RESTART          | CLEAR       | ''
            CLEAR         | FORGET           | CLEAR       | passing
            CLEAR         | REJECT_UNTIL_DUE | CLEAR       | nothing to wait for
            CLEAR         | ASK_IF_DUE       | CLEAR       | ''
            BACKING_OFF   | ADMIT            | QUARANTINED | refused
            BACKING_OFF   | PANIC            | QUARANTINED | ''
            BACKING_OFF   | PANIC_OF_PROBE   | QUARANTINED | ''
            BACKING_OFF   | RETURN           | QUARANTINED | ''
            BACKING_OFF   | RETURN_OF_PROBE  | QUARANTINED | ''
            BACKING_OFF   | EXPIRE           | QUARANTINED | ''
            BACKING_OFF   | IMPOSE           | QUARANTINED | rejecting, entered QUARANTINED: by hand
            BACKING_OFF   | RELEASE          | CLEAR       | passing, left: released by hand
            BACKING_OFF | RESTART          | CLEAR       | passing, left: the extension was restarted
            BACKING_OFF   | FORGET           | CLEAR       | passing
            BACKING_OFF   | REJECT_UNTIL_DUE | QUARANTINED | rejecting, wait PT1S
            BACKING_OFF   | ASK_IF_DUE       | QUARANTINED | ''
            DUE           | ADMIT            | PROBING     | asking, probe 1
            DUE           | PANIC            | QUARANTINED | ''
            DUE           | PANIC_OF_PROBE   | QUARANTINED | ''
            DUE           | RETURN           | QUARANTINED | ''
            DUE           | RETURN_OF_PROBE  | QUARANTINED | ''
            DUE           | EXPIRE           | QUARANTINED | ''
            DUE           | IMPOSE           | QUARANTINED | rejecting, entered QUARANTINED: by hand
            DUE           | RELEASE          | CLEAR       | passing, left: released by hand
            DUE         | RESTART          | CLEAR       | passing, left: the extension was restarted
            DUE           | FORGET           | CLEAR       | passing
            DUE           | REJECT_UNTIL_DUE | QUARANTINED | asking, nothing to wait for
            DUE           | ASK_IF_DUE       | QUARANTINED | asking
            PROBING       | ADMIT            | PROBING     | refused
            PROBING       | ADMIT_WITHIN     | PROBING     | passes
            PROBING       | PANIC            | PROBING     | ''
            PROBING       | PANIC_WITHIN     | QUARANTINED | asking, entered QUARANTINED: the probe panicked
            PROBING       | PANIC_OF_PROBE   | QUARANTINED | asking, entered QUARANTINED: the probe panicked
            PROBING       | RETURN           | PROBING     | ''
            PROBING       | RETURN_OF_PROBE  | CLEAR       | passing, left: the probe returned
            PROBING       | EXPIRE           | PROBING     | ''
            PROBING       | IMPOSE           | QUARANTINED | rejecting, entered QUARANTINED: by hand
            PROBING       | RELEASE          | CLEAR       | passing, left: released by hand
            PROBING     | RESTART          | CLEAR       | passing, left: the extension was restarted
            PROBING       | FORGET           | CLEAR       | passing
            PROBING       | REJECT_UNTIL_DUE | PROBING     | nothing to wait for
            PROBING       | ASK_IF_DUE       | PROBING     | ''
            LOST          | ADMIT            | PROBING     | refused
            LOST          | PANIC_OF_PROBE   | QUARANTINED | asking, entered QUARANTINED: the probe panicked
            LOST          | RETURN_OF_PROBE  | CLEAR       | passing, left: the probe returned
            LOST          | EXPIRE           | QUARANTINED | asking, entered QUARANTINED: the probe did not return
            IMPOSED       | ADMIT            | QUARANTINED | refused
            IMPOSED       | PANIC            | QUARANTINED | ''
            IMPOSED       | PANIC_OF_PROBE   | QUARANTINED | ''
            IMPOSED       | RETURN           | QUARANTINED | ''
            IMPOSED       | RETURN_OF_PROBE  | QUARANTINED | ''
            IMPOSED       | EXPIRE           | QUARANTINED | ''
            IMPOSED       | IMPOSE           | QUARANTINED | rejecting, entered QUARANTINED: by hand
            IMPOSED       | RELEASE          | CLEAR       | passing, left: released by hand
            IMPOSED     | RESTART          | QUARANTINED | ''
            IMPOSED       | FORGET           | CLEAR       | passing
            IMPOSED       | REJECT_UNTIL_DUE | QUARANTINED | nothing to wait for
            IMPOSED       | ASK_IF_DUE       | QUARANTINED | ''
            DISABLED      | ADMIT            | DISABLED    | refused
            DISABLED      | PANIC            | DISABLED    | ''
            DISABLED      | PANIC_OF_PROBE   | DISABLED    | ''
            DISABLED      | RETURN           | DISABLED    | ''
            DISABLED      | RETURN_OF_PROBE  | DISABLED    | ''
            DISABLED      | EXPIRE           | DISABLED    | ''
            DISABLED      | IMPOSE           | QUARANTINED | rejecting, entered QUARANTINED: by hand
            DISABLED      | RELEASE          | CLEAR       | passing, left: released by hand
            DISABLED    | RESTART          | CLEAR       | passing, left: the extension was restarted
            DISABLED      | FORGET           | CLEAR       | passing
            DISABLED      | REJECT_UNTIL_DUE | DISABLED    | nothing to wait for
            DISABLED      | ASK_IF_DUE       | DISABLED    | ''
            """)
    void shouldGoOnAsTheTableSays(Start start, Event event, QuarantineState state, String events) {
        bring(start);
        driven.events.clear();
        happen(event);
        assertThat(String.join(", ", driven.events)).isEqualTo(events);
        assertThat(driven.state()).isEqualTo(state);
    }

    enum Start {
        CLEAR,
        BACKING_OFF,
        DUE,
        PROBING,
        LOST,
        IMPOSED,
        DISABLED
    }

    /** Calls are made on another thread, except for those within the probe, which is on the current thread. */
    enum Event {
        ADMIT,
        ADMIT_WITHIN,
        PANIC,
        PANIC_WITHIN,
        PANIC_OF_PROBE,
        RETURN,
        RETURN_OF_PROBE,
        EXPIRE,
        IMPOSE,
        RELEASE,
        RESTART,
        FORGET,
        REJECT_UNTIL_DUE,
        ASK_IF_DUE
    }

    private void bring(Start start) {
        switch (start) {
            case CLEAR -> {}
            case BACKING_OFF -> driven.panic();
            case DUE -> {
                bring(Start.BACKING_OFF);
                driven.advance(Duration.ofSeconds(1));
            }
            case PROBING -> {
                bring(Start.DUE);
                driven.admit(Thread.currentThread());
            }
            case LOST -> {
                bring(Start.PROBING);
                driven.advance(Duration.ofSeconds(1));
            }
            case IMPOSED -> driven.quarantine.impose("by hand, before", driven.now());
            case DISABLED -> {
                driven.policy = QuarantinePolicy.builder()
                        .enabled(true)
                        .threshold(1)
                        .maxTrips(1)
                        .build();
                driven.panic();
            }
        }
    }

    private void happen(Event event) {
        Quarantine quarantine = driven.quarantine;
        switch (event) {
            case ADMIT -> noteAdmission(driven.admit(DrivenQuarantine.OTHER));
            case ADMIT_WITHIN -> noteAdmission(driven.admit(Thread.currentThread()));
            case PANIC -> driven.panic();
            case PANIC_WITHIN -> driven.panic(Quarantine.NO_PROBE, Thread.currentThread());
            case PANIC_OF_PROBE -> driven.panic(1);
            case RETURN -> quarantine.returned(Quarantine.NO_PROBE, driven.now());
            case RETURN_OF_PROBE -> quarantine.returned(1, driven.now());
            case EXPIRE -> driven.expire();
            case IMPOSE -> quarantine.impose("by hand", driven.now());
            case RELEASE -> quarantine.release("released by hand", driven.now());
            case RESTART -> quarantine.restarted(driven.now());
            case FORGET -> quarantine.forget(driven.now());
            case REJECT_UNTIL_DUE -> noteWait(quarantine.rejectUntilDue(driven.now(), 0));
            case ASK_IF_DUE -> quarantine.askIfDue(driven.now(), 0);
        }
    }

    private void noteAdmission(long token) {
        driven.events.add(
                token == Quarantine.REFUSED ? "refused" : token == Quarantine.NO_PROBE ? "passes" : "probe " + token);
    }

    private void noteWait(long nanos) {
        driven.events.add(nanos == 0 ? "nothing to wait for" : "wait " + Duration.ofNanos(nanos));
    }
}
