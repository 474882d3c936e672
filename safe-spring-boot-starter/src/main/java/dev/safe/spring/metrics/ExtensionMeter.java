package dev.safe.spring.metrics;

import dev.safe.Tally;
import java.util.Locale;

/** Lists what is published about an extension. The descriptions are the help texts that operators read beside the values. */
enum ExtensionMeter {
    PANICS("Panics: what the extension threw other than as its declared outcome. If it rises, the log of"
            + " dev.safe.ExtensionGuard shows the type, the place and the trace"),
    ERRORS("Errors that setup and teardown returned. If it rises, fix what lastError of the endpoint extensions says"),
    REJECTED(
            "Calls not made because of quarantine: polls, for example, and not events that were lost, since a poll that"
                    + " is not made may stand for many events or none. If it rises, see why the extension is in quarantine"),
    QUARANTINES("Times it entered quarantine; a probe that fails is not a new entry. If it rises again and again, the"
            + " extension works only for a while: fix what the log shows, or raise the quarantine's threshold"),
    OVERRUNS(
            "Calls that outlasted their budget. If it rises, the log shows where they hang; raise the budget if the calls"
                    + " are slow for a good reason"),
    QUARANTINED(
            "1 while it is in quarantine, else 0. If it stays 1, the endpoint extensions shows the reason and the next"
                    + " try; release it once the cause is gone"),
    DISABLED(
            "1 if only an operator ends its quarantine: it tripped max-trips times, was quarantined by hand, or is held by"
                    + " its policy; else 0. Fix the cause, then release it, or clear the hold"),
    STUCK(
            "Calls over their budget now. If it stays above 0, the call does not return: the log shows where it hangs; set"
                    + " on-overrun to interrupt, or restart the host if the call ignores interrupts"),
    STATE("1 for the state that the extension is in, 0 for the others. If it is failed, fix what the log says about its"
            + " setup and restart it; if quarantined or stuck, see the meters of these names for the phase"),
    RESTARTS(
            "Restarts by the supervisor. If it keeps rising, restarts do not help: fix what lastError and the log show"),
    CALLS("How long calls took. Set budgets well above what is usual");

    private final String description;

    ExtensionMeter(String description) {
        this.description = description;
    }

    static ExtensionMeter of(Tally tally) {
        return switch (tally) {
            case PANICS -> PANICS;
            case ERRORS -> ERRORS;
            case REJECTED -> REJECTED;
            case QUARANTINES -> QUARANTINES;
            case OVERRUNS -> OVERRUNS;
        };
    }

    String id() {
        return "safe.extension." + name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return description;
    }
}
