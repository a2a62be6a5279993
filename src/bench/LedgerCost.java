import com.sun.management.OperatingSystemMXBean;
import io.promptroutes.ledger.ClaimAnswer;
import io.promptroutes.ledger.KnownWork;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerSettings;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.ledger.Settled;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * {@code java LedgerCost DIRECTORY NAME WARM MEASURED IN_FLIGHT LIMIT [GO]}: prompts through the embedded ledger in DIRECTORY, each begun,
 * claimed, and settled with its answer, and no call in between. LIMIT, on or off: whether there is one for the day's total. With GO it opens the
 * ledger, writes the file GO.NAME, and waits for the file GO.
 *
 * <p>Prints what lay between the begin of prompt WARM and of prompt WARM+MEASURED (more come after, so that both marks fall into full load):
 * CPU us of the whole process for a prompt (user and system, all threads, JIT and GC too), prompts/s, and p50, p99 and maximum of how many ms an
 * operation was waited for; then when the first prompt began and the last one ended, in ms since 1970.
 */
public final class LedgerCost {

    private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Ledger ledger;
    private final LedgerPrompts prompts;
    private final Waits waits;

    private LedgerCost(Ledger ledger, LedgerPrompts prompts, Waits waits) {
        this.ledger = ledger;
        this.prompts = prompts;
        this.waits = waits;
    }

    public static void main(String[] args) throws Exception {
        int warm = Integer.parseInt(args[2]);
        int measured = Integer.parseInt(args[3]);
        int inFlight = Integer.parseInt(args[4]);
        Waits waits = new Waits(3 * (measured + 3 * inFlight));
        try (Ledger ledger = Ledger.open(settings(Path.of(args[0])))) {
            if (args[5].equals("on")) {
                ledger.limits(List.of(new Limit(Scope.TOTAL, Limit.ANY, Limit.ANY, Period.DAY, new BigDecimal("1000000"))));
            }
            if (args.length > 6) {
                waitFor(Path.of(args[6]), args[1]);
            }
            LedgerCost cost = new LedgerCost(ledger, new LedgerPrompts(args[1]), waits);
            InFlight flow = new InFlight(inFlight);
            long began = System.currentTimeMillis();
            flow.begin(0, warm, cost::prompt);
            long cpu = PROCESS.getProcessCpuTime();
            long time = System.nanoTime();
            waits.clear();
            flow.begin(warm, warm + measured, cost::prompt);
            cpu = PROCESS.getProcessCpuTime() - cpu;
            time = System.nanoTime() - time;
            Waits.Spread spread = waits.spread();
            flow.begin(warm + measured, warm + measured + 2 * inFlight, cost::prompt);
            flow.drain();
            System.out.printf(Locale.ROOT, "%.1f %.0f %.2f %.2f %.2f %d %d%n", cpu / 1000.0 / measured, measured * 1e9 / time, spread.p50(),
                    spread.p99(), spread.most(), began, System.currentTimeMillis());
        }
    }

    static LedgerSettings settings(Path directory) {
        return new LedgerSettings(directory, null, null, null, null, Duration.ofSeconds(30), true, null);
    }

    private static void waitFor(Path go, String name) throws Exception {
        Files.createFile(Path.of(go + "." + name));
        while (!Files.exists(go)) {
            Thread.sleep(10);
        }
    }

    private CompletableFuture<?> prompt(int number) {
        LedgerPrompts.Call call = prompts.batch(number);
        return waits.of(ledger.begin(call.work())).thenCompose(known -> claim(call, known)).thenCompose(answer -> settle(call, answer))
                .thenAccept(LedgerCost::booked);
    }

    private CompletableFuture<ClaimAnswer> claim(LedgerPrompts.Call call, KnownWork known) {
        if (!(known instanceof KnownWork.New)) {
            throw new IllegalStateException("not a new prompt: " + known);
        }
        return waits.of(ledger.claim(call.claim(1, 0)));
    }

    private CompletableFuture<Settled> settle(LedgerPrompts.Call call, ClaimAnswer answer) {
        UUID claim = ((ClaimAnswer.Reserved) answer).claimId();
        return waits.of(ledger.settleAndFinish(claim, call.paid(null), call.work(), call.answer()));
    }

    private static void booked(Settled settled) {
        if (!settled.applied() || !settled.stored()) {
            throw new IllegalStateException("not booked: " + settled);
        }
    }
}
