import com.sun.management.OperatingSystemMXBean;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ops.LastRequests;
import io.promptroutes.ops.Overview;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/**
 * {@code java ReadLedger DIRECTORY AGAIN}: what a reading of the embedded ledger's figures costs in CPU ms of the whole process, the first
 * one and the mean of so many more: by model as {@code costs --by model} has them, all of the page's, the page's last requests, and the pace of
 * spending.
 *
 * <p>{@code java ReadLedger DIRECTORY until STOP}: reads the figures by model every 100 ms until the file STOP is there, and prints how many
 * times, p50, p99 and maximum of the ms that it took, and CPU ms of the whole process for a reading; then how many calls there are after STOP.
 */
public final class ReadLedger {

    private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final int EVERY = 100;
    private static final int MOST = 1_000_000;

    public static void main(String[] args) throws Exception {
        try (Ledger ledger = Ledger.open(LedgerCost.settings(Path.of(args[0])))) {
            if (args.length > 2) {
                watch(ledger.figures(), Path.of(args[2]));
                return;
            }
            System.out.printf(Locale.ROOT, "%,d calls%n", calls(ledger.figures()));
            int again = Integer.parseInt(args[1]);
            System.out.println("reading              first CPU ms  next CPU ms  (wall ms)");
            LastRequests requests = new LastRequests(ledger);
            measure("figures by model", again, () -> ledger.figures().by(Figures.By.MODEL, LocalDate.EPOCH));
            measure("page, figures", again, () -> new Overview(ledger, null, null, null).usage(null)); // a new one: it keeps what it found
            measure("page, last requests", again, () -> requests.latest(LastRequests.MOST, request -> true));
            measure("pace of spending", again, () -> ledger.figures().pace(Instant.now()));
        }
    }

    private static void measure(String name, int again, Runnable reading) {
        long start = PROCESS.getProcessCpuTime();
        reading.run();
        long first = PROCESS.getProcessCpuTime();
        long time = System.nanoTime();
        for (int i = 0; i < again; i++) {
            reading.run();
        }
        time = System.nanoTime() - time;
        double next = PROCESS.getProcessCpuTime() - first;
        System.out.printf(Locale.ROOT, "%-20s %12.0f  %11.1f  %9.1f%n", name, (first - start) / 1e6, next / 1e6 / again, time / 1e6 / again);
    }

    private static void watch(Figures figures, Path stop) throws Exception {
        Waits waits = new Waits(MOST);
        long cpu = PROCESS.getProcessCpuTime();
        int readings = 0;
        for (; !Files.exists(stop); readings++) {
            long began = System.nanoTime();
            figures.by(Figures.By.MODEL, LocalDate.EPOCH);
            waits.add(System.nanoTime() - began);
            Thread.sleep(EVERY);
        }
        cpu = PROCESS.getProcessCpuTime() - cpu;
        Waits.Spread spread = waits.spread();
        System.out.printf(Locale.ROOT, "%d %.1f %.1f %.1f %.1f %d%n", readings, spread.p50(), spread.p99(), spread.most(),
                cpu / 1e6 / Math.max(1, readings), calls(figures));
    }

    private static long calls(Figures figures) {
        List<Figures.Row> total = figures.by(Figures.By.TOTAL, LocalDate.EPOCH);
        return total.isEmpty() ? 0 : total.get(0).requests();
    }
}
