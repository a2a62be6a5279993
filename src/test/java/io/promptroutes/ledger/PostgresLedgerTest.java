package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.call;
import static io.promptroutes.ledger.Prompts.claimed;
import static io.promptroutes.ledger.Prompts.paid;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresLedgerTest extends LedgerContract {

    private static EmbeddedPostgres server;
    private static int databases;
    @TempDir
    private static Path data;

    private String database;

    @BeforeAll
    static void startServer() throws IOException, SQLException {
        server = start(0);
        makeTables(server);
    }

    /** In database {@code tables}, of which those of the tests are copies. */
    static void makeTables(EmbeddedPostgres server) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE tables");
        }
        Schema.bringUpToDate(server.getDatabase("postgres", "tables"), SqlDialect.POSTGRESQL);
    }

    static void copyTables(EmbeddedPostgres server, String database) {
        try (Connection connection = server.getPostgresDatabase().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database + " TEMPLATE tables");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static EmbeddedPostgres start(int port) throws IOException {
        return EmbeddedPostgres.builder().setDataDirectory(data.resolve("postgres")).setCleanDataDirectory(false).setPort(port)
                .setPGStartupWait(Duration.ofSeconds(60)).start();
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @Override
    LedgerSettings settings() {
        return of("first");
    }

    @Override
    LedgerSettings other() {
        return of(null);
    }

    @Override
    LedgerSettings fresh() {
        database = null;
        return of(null);
    }

    private LedgerSettings of(String instance) {
        if (database == null) {
            database = "ledger" + databases++;
            copyTables(server, database);
        }
        return TestLedgers.postgres("jdbc:postgresql://localhost:" + server.getPort() + "/" + database, "postgres", () -> "postgres", instance);
    }

    @Test
    void aProcessThatSaysNothingIsDeadAfterItsLeaseAndItsCallsCountAsSpent() throws Exception {
        ledger.close();
        Duration lease = Duration.ofMillis(1500);
        ledger = TestLedgers.openTracking(TestLedgers.withLease(settings(), lease));
        UUID claim = claimed(ledger, call(work("p"), "0.10"));
        // a process that was killed leaves just this: its row, and an open claim
        Ledger dead = TestLedgers.openTracking(TestLedgers.withLease(other(), lease));
        UUID lost = claimed(dead, call(work("q"), "0.20"));
        String instance = dead.instance();
        dead.close();
        try (Connection connection = server.getDatabase("postgres", database).getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("UPDATE instances SET reaped = FALSE, lease_until = CURRENT_TIMESTAMP + INTERVAL '4 seconds' WHERE instance_id = '"
                    + instance + "'");
        }
        assertThat(ledger.begin(work("q")).join()).isEqualTo(new KnownWork.Busy(instance));
        KnownWork known = await().atMost(Duration.ofSeconds(20)).until(() -> ledger.begin(work("q")).join(), KnownWork.Ambiguous.class::isInstance);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertSpending("0", "0.20", "0.10"));
        assertThat(((KnownWork.Ambiguous) known).claims()).extracting(OpenClaim::claimId).containsExactly(lost);
        assertThat(ledger.settle(claim, paid("0.01")).join().applied()).as("the living one's own").isTrue();
        assertSpending("0.01", "0.20", "0");
    }

    @Test
    void aProcessWhoseNameWasTakenMustNotGoOn() {
        Ledger usurper = TestLedgers.openTracking(TestLedgers.withLease(settings(), Duration.ofMillis(300)));
        try (Ledger second = TestLedgers.openTracking(TestLedgers.withLease(settings(), Duration.ofMillis(300)))) {
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThatThrownBy(() -> usurper.claim(call(work("p"), "0.1")).join())
                    .hasCauseInstanceOf(LedgerUnavailable.class).hasMessageContaining("instance name"));
            assertThat(second.claim(call(work("q"), "0.1")).join()).isInstanceOf(ClaimAnswer.Reserved.class);
        } finally {
            usurper.close();
        }
    }

    @Test
    void ofProcessesThatTakeOneNameAtOnceOneHasIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        List<Future<Ledger>> opened = new ArrayList<>();
        String waiting = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 5207202 AND NOT granted";
        try (Connection connection = server.getDatabase("postgres", database).getConnection(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(5207202)");
            for (int i = 0; i < 6; i++) {
                opened.add(threads.submit(() -> Ledger.open(settings())));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> number(statement, waiting) == 6);
            connection.commit();
            for (Future<Ledger> one : opened) {
                one.get(60, TimeUnit.SECONDS);
            }
            assertThat(number(statement, "SELECT COUNT(*) FROM instances WHERE superseded = FALSE")).isEqualTo(1);
        } finally {
            threads.shutdown();
            for (Future<Ledger> one : opened) {
                one.get().close();
            }
        }
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Test
    void whenTheServerStopsFuturesFailClearlyAndAfterItsReturnWorkGoesOn() throws Exception {
        UUID before = claimed(ledger, call(work("before"), "0.10"));
        int port = server.getPort();
        List<CompletableFuture<ClaimAnswer>> claims = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        for (int t = 0; t < 8; t++) {
            int thread = t;
            threads.submit(() -> {
                for (int i = 0; i < 100_000 && !Thread.currentThread().isInterrupted(); i++) {
                    CompletableFuture<ClaimAnswer> claim = ledger.claim(call(work(thread + "-" + i), "0.001"));
                    synchronized (claims) {
                        claims.add(claim);
                    }
                    claim.exceptionally(e -> null).join();
                    if (claim.isCompletedExceptionally()) {
                        return;
                    }
                }
            });
        }
        await().until(() -> claims.size() > 100);
        server.close();
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> ledger.claim(call(work("down"), "0.10")).join()).hasCauseInstanceOf(LedgerUnavailable.class)
                .hasMessageContaining("database does not work").hasMessageNotContaining("INSERT");
        server = start(port);
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> ledger.begin(work("after")).join() instanceof KnownWork.New);
        assertThat(ledger.settle(before, paid("0.02")).join().applied()).isTrue();
        long made = claims.stream().filter(claim -> !claim.isCompletedExceptionally()).count();
        await().untilAsserted(() -> assertSpending("0.02", "0", BigDecimal.valueOf(made, 3).toPlainString()));
    }
}
