import io.promptroutes.ledger.ClaimAnswer;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerSettings;
import io.promptroutes.ledger.Settled;
import io.promptroutes.ledger.Settlement;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;

/**
 * {@code java MakeLedger DIRECTORY CALLS}: fills the embedded ledger in DIRECTORY with so many calls of the last 30 days, of several tenants,
 * models, tasks and jobs. Of a hundred prompts two have a first call that failed, and one a first call of unknown cost, and then another
 * model answers; one is answered twice with what it cost once. So many are in flight that the writer's groups are full.
 *
 * <p>The day is the one of budgets and figures; ids and times of the calls are of now, which the public API leaves no choice in.
 */
public final class MakeLedger {

    private static final int DAYS = 30;
    private static final int IN_FLIGHT = 1024;
    /** Calls of a hundred prompts. */
    private static final int CALLS_OF_100 = 103;

    /** Goes from day to day. */
    private static final class Calendar extends Clock {
        private volatile Instant now;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final Ledger ledger;
    private final LedgerPrompts prompts = new LedgerPrompts("fill");
    private String day;

    private MakeLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    public static void main(String[] args) throws Exception {
        int count = (int) (Long.parseLong(args[1]) * 100 / CALLS_OF_100);
        Calendar calendar = new Calendar();
        Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS).plus(12, ChronoUnit.HOURS);
        calendar.now = today;
        LedgerSettings settings = new LedgerSettings(Path.of(args[0]), null, null, null, null, Duration.ofSeconds(30), true, calendar);
        long began = System.nanoTime();
        try (Ledger ledger = Ledger.open(settings)) {
            MakeLedger maker = new MakeLedger(ledger);
            InFlight flow = new InFlight(IN_FLIGHT);
            for (int n = 0; n < DAYS; n++) {
                calendar.now = today.minus(DAYS - 1 - n, ChronoUnit.DAYS);
                maker.day = LocalDate.ofInstant(calendar.now, ZoneOffset.UTC).toString();
                flow.begin((int) ((long) count * n / DAYS), (int) ((long) count * (n + 1) / DAYS), maker::prompt);
                flow.drain(); // a group has one day
            }
        }
        System.out.printf("%d prompts in %d s%n", count, (System.nanoTime() - began) / 1_000_000_000);
    }

    private CompletableFuture<?> prompt(int number) {
        LedgerPrompts.Call call = prompts.month(number, day);
        return switch (number % 100) {
            case 0 -> twice(call, Settlement.notBilled(1_200, "rate_limited"), "rate_limited");
            case 1 -> twice(call, Settlement.notBilled(800, "provider_down"), "provider_down");
            case 2 -> twice(call, call.unknown(), "timeout");
            case 3 -> answered(call, 1, 0, null).thenCompose(settled -> ledger.reused(call.work(), call.model(), call.costUsd()));
            default -> answered(call, 1, 0, null);
        };
    }

    private CompletableFuture<Settled> twice(LedgerPrompts.Call call, Settlement first, String reason) {
        return ledger.claim(call.claim(1, 0)).thenCompose(answer -> ledger.settle(((ClaimAnswer.Reserved) answer).claimId(), first))
                .thenCompose(settled -> answered(call, 2, 1, reason));
    }

    private CompletableFuture<Settled> answered(LedgerPrompts.Call call, int attempt, int fallbackLevel, String reason) {
        return ledger.claim(call.claim(attempt, fallbackLevel)).thenCompose(answer ->
                ledger.settleAndFinish(((ClaimAnswer.Reserved) answer).claimId(), call.paid(reason), call.work(), call.answer()));
    }
}
