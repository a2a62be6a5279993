package io.promptroutes.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.ledger.DailyUse;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Sums that lie on another day there than here, without a ledger. */
class ReconciliationTest {

    private static final LocalDate FIRST = LocalDate.parse("2026-11-01");
    private static final LocalDate LAST = LocalDate.parse("2026-11-30");

    private final List<DailyUse> uses = new ArrayList<>();
    private final List<DailyUse.DayEnd> ends = new ArrayList<>();
    private final List<String> listed = new ArrayList<>();

    private void use(int day, String usd, String tier) {
        uses.add(new DailyUse(LocalDate.of(2026, 11, 1).plusDays(day - 1), "m", "t", "p", tier, "V", "reported", 1, new BigDecimal(usd), BigDecimal.ZERO, 1, 1));
    }

    private void open(int day, String reserved, String source) {
        uses.add(new DailyUse(LocalDate.of(2026, 11, 1).plusDays(day - 1), "m", "t", "p", null, null, source, 1, BigDecimal.ZERO, new BigDecimal(reserved), 0, 0));
    }

    private void end(int day, String usd) {
        ends.add(new DailyUse.DayEnd(LocalDate.of(2026, 11, day), new BigDecimal(usd)));
    }

    private void listed(int day, String usd, int requests) {
        listed.add("{\"date\":\"2026-11-%02d\",\"model\":\"m\",\"usage\":%s,\"requests\":%d}".formatted(day, usd, requests));
    }

    private List<String> told() {
        Reconciliation books = new Reconciliation(FIRST, LAST, UnaryOperator.identity());
        assertThat(books.openRouter(Json.tree(("{\"data\":[" + String.join(",", listed) + "]}").getBytes(StandardCharsets.UTF_8)))).isZero();
        books.ledger(uses, ends);
        return books.differences().stream().map(one -> one.day().getDayOfMonth() + " " + one.kind() + " " + one.part().stripTrailingZeros().toPlainString()).toList();
    }

    @Test
    void aCallAcrossMidnightIsNoOtherProgram() {
        use(3, "1.25", null);
        end(3, "0.25");
        listed(3, "1", 4);
        listed(4, "0.25", 1);

        assertThat(told()).containsExactly("3 midnight -0.25", "4 midnight 0.25");
    }

    @Test
    void noMoreThanTheLastMinutesHadGoesAcrossMidnight() {
        use(3, "1.25", null);
        end(3, "0.05");
        listed(3, "1", 4);
        listed(4, "0.25", 1);

        assertThat(told()).containsExactly("3 midnight -0.05", "3 unexplained -0.2", "4 midnight 0.05", "4 other_program 0.2");
    }

    @Test
    void whatTheDayThatIsNotFinishedWillHaveIsNoDifferenceToWorryAbout() {
        use(30, "1.25", null);
        use(30, "0.5", "batch");
        end(30, "0.25");
        listed(30, "1", 4);

        assertThat(told()).containsExactlyInAnyOrder("30 batches -0.5", "30 midnight -0.25");
    }

    @Test
    void aBatchIsListedOnTheDayOfItsEnd() {
        use(3, "0.5", "batch");
        use(3, "1", null);
        listed(3, "1", 1);
        listed(5, "0.5", 1);

        assertThat(told()).containsExactly("3 batches -0.5", "5 batches 0.5");
    }

    @Test
    void oneOfBeforeTheFirstDayToo() {
        use(0, "0.5", "batch");
        listed(1, "0.5", 1);

        assertThat(told()).containsExactly("1 batches 0.5");
    }

    @Test
    void oneThatEndedTheSameDayHasNoDifference() {
        use(3, "0.5", "batch");
        listed(3, "0.5", 1);

        assertThat(told()).isEmpty();
    }

    /** Its line is claimed, and not settled. */
    @Test
    void oneThatWasNotCollectedIsKnownByItsClaim() {
        open(3, "0.5", DailyUse.RUNNING);
        listed(5, "0.3", 1);

        assertThat(told()).containsExactly("5 batches 0.3");
    }

    @Test
    void whatACallOfUnknownCostCannotHaveCostIsAnothers() {
        open(3, "0.1", DailyUse.UNKNOWN);
        listed(3, "0.3", 4);

        assertThat(told()).containsExactly("3 unknown_calls 0.1", "3 other_program 0.2");
    }

    @Test
    void oneThatWasNotBilledMakesNoDifference() {
        use(3, "1", null);
        open(3, "0.1", DailyUse.UNKNOWN);
        listed(3, "1", 1);

        assertThat(told()).isEmpty();
    }

    @Test
    void rowsThatCannotBeReadAreCounted() {
        Reconciliation books = new Reconciliation(FIRST, LAST, UnaryOperator.identity());

        assertThat(books.openRouter(Json.tree("{\"data\":[{\"date\":\"soon\",\"usage\":1},{\"date\":\"2026-11-03\",\"usage\":\"much\"},{\"date\":\"2026-11-03\",\"usage\":\"0.5\"}, 7]}"
                .getBytes(StandardCharsets.UTF_8)))).isEqualTo(3);
        assertThat(books.openRouterUsd()).isEqualByComparingTo("0.5");
    }
}
