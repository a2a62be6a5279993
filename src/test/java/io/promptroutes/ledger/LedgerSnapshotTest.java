package io.promptroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A process that is killed leaves its files as they are at that moment: copies of them, made between any two statements of the writer, are
 * opened as a later process would. Half as many are torn: as if a kill or a power cut had come while a group went to the disk. Property
 * {@code snapshots} (profile chaos: 5000) says how many there are.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Execution(ExecutionMode.CONCURRENT)
class LedgerSnapshotTest {

    private static final int SNAPSHOTS = Integer.getInteger("snapshots", 100);
    /** Of one ledger: a longer one is looked at for longer, and says no more. */
    private static final int SNAPSHOTS_A_LEDGER = Math.min(80, Math.max(25, SNAPSHOTS / 4));
    /** One statement in so many: two or three a group. */
    private static final int EVERY = 10;
    /** One copy in so many is opened with everything that a process does at its start. */
    private static final int MIGRATING = 10;
    /** The product's own; a writer whose cache is so small that it writes a group's pages before the group is whole; many checkpoints. */
    private static final List<List<String>> PRAGMAS = List.of(List.of(), List.of("cache_size = 12"), List.of("wal_autocheckpoint = 8"), List.of("cache_size = 12", "wal_autocheckpoint = 30"));

    @TempDir
    private Path folder;
    private final Map<String, Integer> taken = new TreeMap<>();

    @Test
    void whateverMomentAKillComesAtAllThatWasToldIsThereOnce() throws Exception {
        long begun = System.nanoTime();
        int snapshots = 0;
        int torn = 0;
        int checkpoints = 0;
        for (int life = 0; snapshots < SNAPSHOTS; life++) {
            Surgeon surgeon = new Surgeon(folder.resolve("ledger-" + life), Math.min(SNAPSHOTS_A_LEDGER, SNAPSHOTS - snapshots), life);
            surgeon.live(PRAGMAS.get(life % PRAGMAS.size()));
            snapshots += surgeon.snapshots;
            torn += surgeon.torn;
            checkpoints += surgeon.checkpoints;
        }
        System.out.printf(Locale.ROOT, "%d snapshots between statements, %d torn ones (%d of them in a checkpoint), %.1f s; behind %s%n", snapshots, torn, checkpoints,
                (System.nanoTime() - begun) / 1e9, taken);
        assertThat(torn).isPositive();
        assertThat(checkpoints).isPositive();
    }

    /** Copies one ledger while it is written, on its writer's thread, and opens the copies. */
    private final class Surgeon implements WatchedStatements.Observer {

        private final Path data;
        private final Path copies;
        private final int wanted;
        private final Random random;
        private final long seed;
        private final Told told = new Told();
        private final CountDownLatch done = new CountDownLatch(1);
        private Throwable failure;
        private int snapshots;
        private int torn;
        private int checkpoints;
        /** A copy from before the group; null where it is not to be torn. */
        private Path before;
        private boolean watching;

        Surgeon(Path home, int wanted, long seed) throws IOException {
            this.data = Files.createDirectories(home.resolve("data"));
            this.copies = Files.createDirectories(home.resolve("copies"));
            this.wanted = wanted;
            this.seed = seed;
            this.random = new Random(seed);
        }

        void live(List<String> pragmas) throws Exception {
            LedgerSettings settings = TestLedgers.embedded(data);
            try (Ledger ledger = TestLedgers.tracking(Ledger.on(WatchedStatements.watch(Database.open(settings), pragmas, this), settings))) {
                watching = true; // the clients' operations come later, on the writer's thread
                try (Clients clients = new Clients(ledger, told, seed)) {
                    done.await();
                }
            }
            if (failure != null) {
                throw new AssertionError("ledger %d, %s, snapshot %d, torn %d: %s".formatted(seed, pragmas, snapshots, torn, failure.getMessage()), failure);
            }
            FileUtils.deleteDirectory(data.getParent().toFile());
        }

        @Override
        public void before(String sql) {
            if (working() && torn < wanted / 2 && sql.startsWith("BEGIN")) {
                attempt(() -> before = copy("before"));
            }
        }

        @Override
        public void after(String sql) {
            if (working() && snapshots < wanted && random.nextInt(EVERY) == 0) {
                attempt(() -> {
                    Path copy = copy("copy");
                    Autopsy.of(copy, told, snapshots % MIGRATING == 0);
                    FileUtils.deleteDirectory(copy.toFile());
                    snapshots++;
                    taken.merge(kind(sql), 1, Integer::sum);
                });
            }
            if (working() && before != null && sql.equals("COMMIT")) {
                attempt(() -> {
                    Path after = copy("after");
                    Path torn = tear(after);
                    Autopsy.of(torn, told, false);
                    for (Path copy : List.of(before, after, torn)) {
                        FileUtils.deleteDirectory(copy.toFile());
                    }
                    before = null;
                });
            }
            if (snapshots >= wanted && torn >= wanted / 2) {
                done.countDown();
            }
        }

        private boolean working() {
            return watching && done.getCount() > 0;
        }

        private interface Step {
            void run() throws Exception;
        }

        /** What is thrown here must not reach the ledger. */
        private void attempt(Step step) {
            try {
                step.run();
            } catch (Exception | Error e) {
                failure = e;
                done.countDown();
            }
        }

        /** By another process: one that closes a file gives up its own locks on it, SQLite's too. */
        private Path copy(String name) throws IOException, InterruptedException {
            Path copy = Files.createDirectories(copies.resolve(name));
            List<String> command = new ArrayList<>(List.of("cp"));
            for (String file : List.of("ledger.db", "ledger.db-wal", "ledger.db-shm")) {
                command.add(data.resolve(file).toString());
            }
            command.add(copy.toString());
            assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
            return copy;
        }

        /** Somewhere between the group's beginning and what its commit left. */
        private Path tear(Path after) throws IOException {
            Path copy = Files.createDirectories(copies.resolve("torn"));
            LogFile earlier = new LogFile(Files.readAllBytes(before.resolve("ledger.db-wal")));
            LogFile later = new LogFile(Files.readAllBytes(after.resolve("ledger.db-wal")));
            byte[] database = Files.readAllBytes(before.resolve("ledger.db"));
            byte[] moved = Files.readAllBytes(after.resolve("ledger.db"));
            boolean checkpoint = !Arrays.equals(database, moved) && random.nextInt(4) > 0;
            if (checkpoint) { // it comes behind the group, whose log is on the disk by then
                checkpoints++;
                Files.write(copy.resolve("ledger.db"), LogFile.sectors(database, moved, random));
                Files.write(copy.resolve("ledger.db-wal"), later.bytes());
            } else {
                Files.write(copy.resolve("ledger.db"), database);
                Files.write(copy.resolve("ledger.db-wal"), later.torn(earlier, random));
            }
            if (random.nextBoolean()) {
                Files.copy((random.nextBoolean() ? before : after).resolve("ledger.db-shm"), copy.resolve("ledger.db-shm"));
            }
            torn++;
            return copy;
        }

        private static String kind(String sql) {
            String[] words = sql.strip().split("\\s+");
            int last = Math.min(words.length, sql.startsWith("UPDATE") || sql.startsWith("BEGIN") ? 2 : 3);
            return sql.startsWith("SELECT") ? "SELECT" : Stream.of(words).limit(last).reduce((a, b) -> a + " " + b).orElseThrow();
        }
    }
}
