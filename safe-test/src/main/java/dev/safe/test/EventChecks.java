package dev.safe.test;

import static dev.safe.test.Trial.check;
import static dev.safe.test.Trial.checkReturned;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/** Checks of events and of finalizeStep. */
final class EventChecks {

    private static final int SEVERAL = 3;

    private EventChecks() {}

    static void delivers(Trial trial) {
        ExtensionCapability extension = trial.started();
        Assumptions.assumeTrue(trial.provoke(extension), "Not checked: override provoke() to make an event happen");
        for (int i = 0; i < SEVERAL; i++) {
            if (i > 0) {
                trial.provoke(extension);
            }
            Outcome polled = trial.tryEvent(trial.main(), extension);
            if (polled.hung()) {
                Trial.need(polled, "shouldPollWithinItsBudget");
            }
            checkReturned(polled, "It does so when provoke() has made something happen. Return an event for that");
            check(
                    polled.value() instanceof StepEvent,
                    "provoke() made something happen, and poll() returned null for " + Outcome.millis(trial.patience()),
                    "Return an event for it");
        }
    }

    static void haveAKind(Trial trial) {
        ExtensionCapability extension = trial.started();
        String kind = trial.event(extension).kind();
        check(
                !kind.isBlank() && kind.chars().noneMatch(Character::isISOControl),
                "an event's kind is \"%s\"".formatted(kind),
                "Name what happened, as udp.packet does: cells go by the kind");
    }

    static void haveIdsOfTheirOwn(Trial trial) {
        ExtensionCapability extension = trial.started();
        List<Long> ids = several(trial, extension).stream().map(StepEvent::id).toList();
        check(
                new HashSet<>(ids).size() == ids.size(),
                "events that are not finalized have the ids " + ids,
                "Give each event an id of its own: the id is all that finalizeStep gets");
    }

    private static List<StepEvent> several(Trial trial, ExtensionCapability extension) {
        List<StepEvent> events = new ArrayList<>();
        for (int i = 0; i < SEVERAL; i++) {
            events.add(trial.event(extension));
        }
        return events;
    }

    static void haveAPayloadOfTheirOwn(Trial trial) {
        ExtensionCapability extension = trial.started();
        StepEvent first = trial.event(extension);
        byte[] before = first.payload().clone();
        StepEvent second = trial.event(extension);
        check(
                Arrays.equals(before, first.payload()) && (before.length == 0 || first.payload() != second.payload()),
                "the payload of one event is that of the next, too",
                "Give each event an array of its own: cells read the first one while you fill the next");
    }

    static void areFinalized(Trial trial) {
        ExtensionCapability extension = trial.started();
        for (int i = 0; i < SEVERAL; i++) {
            long id = trial.event(extension).id();
            checkReturned(
                    trial.tryFinalize(trial.main(), extension, id),
                    "Let go of what the event holds, and report failures by your own log: nobody handles what"
                            + " finalizeStep throws");
        }
        trial.teardown(extension);
    }

    static void areFinalizedTwice(Trial trial) {
        ExtensionCapability extension = trial.started();
        long id = trial.event(extension).id();
        trial.finalizeStep(extension, id);
        checkReturned(
                trial.tryFinalize(trial.main(), extension, id),
                "It does so only for an event that is finalized already. Ignore that, as Map.remove does");
        trial.teardown(extension);
    }

    static void ignoreUnknownIds(Trial trial) {
        ExtensionCapability extension = trial.started();
        for (long id : new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE}) {
            checkReturned(
                    trial.tryFinalize(trial.main(), extension, id),
                    "It does so for an id that it never gave. Ignore that: it may be of an instance before this one");
        }
        trial.teardown(extension);
    }

    static void areFinalizedInAnyOrder(Trial trial) {
        ExtensionCapability extension = trial.started();
        trial.finalizeStep(extension, trial.event(extension).id());
        List<StepEvent> events = several(trial, extension);
        Collections.reverse(events);
        for (StepEvent event : events) {
            checkReturned(
                    trial.tryFinalize(trial.main(), extension, event.id()),
                    "It does so only if the newest event is finalized first. Cells take their time: find an event by its"
                            + " id");
        }
        trial.teardown(extension);
    }

    static void areFinalizedByAnyThread(Trial trial) {
        ExtensionCapability extension = trial.started();
        trial.finalizeStep(extension, trial.event(extension).id());
        checkReturned(
                trial.tryFinalize(
                        trial.newCaller(), extension, trial.event(extension).id()),
                "It does so only on another thread than poll's. Keep nothing in thread locals: cells finish their steps"
                        + " on threads of their own");
        trial.teardown(extension);
    }

    static void keepInterruptWhenFinalized(Trial trial) {
        ExtensionCapability extension = trial.started();
        trial.finalizeStep(extension, trial.event(extension).id());
        long id = trial.event(extension).id();
        Outcome finalized = trial.main().callInterrupted("finalizeStep()", trial.patience(), () -> {
            extension.finalizeStep(id);
            return null;
        });
        Trial.checkKeptInterrupt(finalized);
        trial.teardown(extension);
    }

    static void areLetGoOf(Trial trial) {
        ExtensionCapability extension = trial.started();
        WeakReference<?> event = finalizedEvent(trial, extension);
        check(
                Garbage.isCollected(event, trial.patience()),
                "an event that is finalized is still referred to",
                "Remove it from your collections in finalizeStep: the heap fills up otherwise");
        List<WeakReference<?>> payloads = finalizedPayloads(trial, extension);
        check(
                payloads.isEmpty() || Garbage.isAnyCollected(payloads, trial.patience()),
                "the payloads of %d events that are finalized are still referred to".formatted(payloads.size()),
                "Remove them from your collections in finalizeStep, and keep none in the test: the heap fills up"
                        + " otherwise");
        trial.teardown(extension);
    }

    private static WeakReference<?> finalizedEvent(Trial trial, ExtensionCapability extension) {
        StepEvent event = trial.event(extension);
        trial.finalizeStep(extension, event.id());
        return new WeakReference<>(event);
    }

    /**
     * Returns the payloads of several events, or none if two share one or not as many come. What an extension keeps for use
     * again, such as a constant or the last payload, does not grow in number.
     */
    private static List<WeakReference<?>> finalizedPayloads(Trial trial, ExtensionCapability extension) {
        Set<byte[]> payloads = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < SEVERAL; i++) {
            trial.provoke(extension);
            Outcome polled = Trial.need(trial.tryEvent(trial.main(), extension), "shouldPollWithoutAPanic");
            if (!(polled.value() instanceof StepEvent event)) {
                return List.of();
            }
            trial.finalizeStep(extension, event.id());
            if (!payloads.add(event.payload())) {
                return List.of();
            }
        }
        List<WeakReference<?>> references = new ArrayList<>();
        payloads.forEach(payload -> references.add(new WeakReference<>(payload)));
        return references;
    }
}
