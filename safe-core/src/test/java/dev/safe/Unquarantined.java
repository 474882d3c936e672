package dev.safe;

/** Policies under which an extension that keeps panicking is polled on and on. */
final class Unquarantined {

    static final PhasePolicy POLL =
            PhasePolicy.builder(Phase.POLL).quarantine(QuarantinePolicy.DEFAULT).build();

    private Unquarantined() {}

    static PhasePolicy poll(BudgetPolicy budget) {
        return POLL.toBuilder().budget(budget).build();
    }
}
