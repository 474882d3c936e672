package dev.safe;

/** Has a guard's watchdog look, for tests of other packages. */
public final class WatchdogLook {

    private WatchdogLook() {}

    /** Does on this thread what the watchdog's does now and then. */
    public static void at(ExtensionGuard guard) {
        guard.look();
    }
}
