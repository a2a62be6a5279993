package io.promptroutes.simulator.batch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How batches behave. Immutable.
 *
 * @param routes    what there is: {@code v1}, {@code beta}, {@code pages}, {@code delete}
 * @param refusals  what a submission is refused for
 * @param times     on the simulator's clock
 * @param results   how answers are told
 * @param foreign   batches of somebody else that come with each of the client's, alike in model, endpoint and size
 * @param quota     open batches beyond which one fails as a whole; 0 for no limit
 * @param badText   a line whose body contains it makes its batch fail as a whole; empty for none
 */
public record BatchConfig(Set<String> routes, Refusals refusals, Times times, Results results, int foreign, int quota, String badText,
                          Map<BatchFault, Double> faults) {

    /** The same, where nothing goes wrong. */
    BatchConfig calm() {
        return new BatchConfig(routes, refusals, times, results, 0, 0, "", Map.of());
    }

    /**
     * @param windows completion times that are taken, the usual one first
     * @param models without a batch endpoint, though listed; {@code *} for all
     * @param prefix whether the refusal says which job was invalid
     * @param code   whether it has a code
     */
    public record Refusals(List<String> windows, Set<String> models, boolean prefix, boolean code, int mostLines, long mostBytes) {
    }

    /**
     * @param lag     for so long after its submission a batch is not found
     * @param listLag and not listed
     */
    public record Times(Duration validating, Duration inProgress, Duration finalizing, Duration lag, Duration listLag) {
    }

    /**
     * @param sentModel     whether a batch names its model as it was sent, not by its dated slug
     * @param usage         of a line: {@code cost}, {@code tokens} or {@code none}
     * @param totalCost     whether a batch tells its cost
     * @param expired       what an expired batch has: {@code none}; {@code partial}: half of its lines; {@code billed}: half of them were billed and are lost
     * @param inline        whether a batch carries its results; else there are pages alone
     * @param activityModel whether lists of what was used name a batch's model with {@code :batch}
     */
    public record Results(boolean sentModel, String usage, boolean totalCost, boolean byok, String expired, boolean inline, int page,
                          boolean activityModel) {
    }
}
