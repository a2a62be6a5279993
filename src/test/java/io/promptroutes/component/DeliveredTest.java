package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ledger knows that an answer has arrived when the route behind the step has ended well. */
@Timeout(60)
class DeliveredTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();
    private final CountDownLatch disk = new CountDownLatch(1);
    private Ledger ledger;
    private StepsUnderTest steps;
    private volatile boolean broken = true;

    @BeforeEach
    void start() throws Exception {
        ledger = Ledger.open(TestLedgers.made(folder));
        steps = StepsUnderTest.of(server, ledger, Map.of()).start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:slow").to("prompt:slow").process(exchange -> disk.await());
                from("direct:well").to("prompt:well").to("mock:well");
                from("direct:fails").to("prompt:fails").process(exchange -> {
                    if (broken) {
                        throw new IllegalStateException("no room");
                    }
                });
                from("direct:lines").split(body().tokenize("\n")).to("prompt:lines").choice().when(header("PromptRoutesId").endsWith("1"))
                        .to("mock:one").otherwise().process(exchange -> disk.await()).end().end();
                from("direct:passes").to("prompt:passes?onFailure=pass").to("mock:passed");
            }
        });
    }

    @AfterEach
    void stop() {
        disk.countDown();
        steps.close();
        ledger.close();
    }

    private int works(String where) {
        try (Connection connection = ledger.dataSource().getConnection(); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM works WHERE " + where)) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void answerHasNotArrivedBeforeItsRouteHasEnded() throws Exception {
        Future<Exchange> slow = steps.template("slow").withBody("Why?").asyncSend();
        await().until(() -> works("state = 'answered'") == 1);
        steps.send("well", "A later one, noted by the time it counts");
        await().until(() -> works("pipeline = 'well' AND delivered_at IS NOT NULL") == 1);
        assertThat(works("pipeline = 'slow' AND delivered_at IS NULL")).isOne();

        disk.countDown();
        slow.get();
        await().until(() -> works("delivered_at IS NULL") == 0);
    }

    @Test
    void answerWhoseRouteFailsHasNotArrivedUntilALaterTryOfItEndsWell() {
        assertThat(steps.send("fails", "{\"id\":\"f1\",\"prompt\":\"Why?\"}").getException()).hasMessage("no room");
        steps.send("well", "A later one, noted by the time it counts");
        await().until(() -> works("pipeline = 'well' AND delivered_at IS NOT NULL") == 1);
        assertThat(works("pipeline = 'fails' AND state = 'answered' AND delivered_at IS NULL")).isOne();

        broken = false;
        assertThat(steps.send("fails", "{\"id\":\"f1\",\"prompt\":\"Why?\"}").getException()).isNull();
        await().until(() -> works("delivered_at IS NULL") == 0);
        assertThat(server.calls()).as("the second try was not paid").hasSize(2);
    }

    @Test
    void eachLineOfASplitArrivesByItself() throws Exception {
        Future<Exchange> lines = steps.template("lines").withBody(
                String.join("\n", IntStream.of(1, 2).mapToObj(n -> "{\"id\":\"l" + n + "\",\"prompt\":\"Why?\"}").toList())).asyncSend();
        await().until(() -> works("state = 'answered'") == 2);
        await().until(() -> works("prompt_id = 'l1' AND delivered_at IS NOT NULL") == 1);
        assertThat(works("prompt_id = 'l2' AND delivered_at IS NULL")).isOne();

        disk.countDown();
        lines.get();
        await().until(() -> works("delivered_at IS NULL") == 0);
    }

    @Test
    void deadLetterThatGoesOnArrivesToo() {
        server.scriptThen(Reply.error(400, "No such parameter"));
        assertThat(steps.send("passes", "{\"prompt\":\"Why?\",\"model\":\"a/b\"}").getMessage().getHeader("PromptRoutesStatus")).isEqualTo("failed");
        await().until(() -> works("state = 'dead' AND delivered_at IS NOT NULL") == 1);
    }
}
