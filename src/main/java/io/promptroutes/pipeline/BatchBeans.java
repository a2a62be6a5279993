package io.promptroutes.pipeline;

import io.promptroutes.call.BatchApi;
import io.promptroutes.call.BatchLineReader;
import io.promptroutes.flow.AlarmStates;
import io.promptroutes.flow.BatchChoice;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.PriceList;
import io.promptroutes.model.Reservations;
import io.promptroutes.model.TokenCounter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.main.Main;

/** Makes the beans of routes/engine/batches.camel.yaml. */
final class BatchBeans implements AutoCloseable {

    /** Without a byte: a large body may take its time to be made. */
    private static final Duration SILENCE = Duration.ofMinutes(2);
    private static final int CONNECTIONS = 4;

    private final OpenBatches open;
    private final BatchApi api;

    /** What they share with the beans of calls. */
    record Parts(Pauses pauses, ClaimCall claims, Reservations reservations, PriceList prices, TokenCounter tokens, AlarmStates alarms) {
    }

    BatchBeans(Main main, Beans.Shared shared, Options options, Parts parts) {
        Options.Batching settings = options.batching();
        Clock clock = shared.clock();
        Catalogue catalogue = shared.catalogue();
        open = new OpenBatches(settings);
        OpenRouterHttp http = new OpenRouterHttp(shared.key(), options.service(), null, new OpenRouterHttp.Limits(CONNECTIONS, options.service().connectTimeout(), SILENCE));
        api = new BatchApi(http.streaming(), settings.address(), settings.timeout(), clock);
        BatchChoice choice = new BatchChoice(catalogue, settings.fields(), options.service().provider(), settings.elsewhere());
        BatchRefusals refusals = new BatchRefusals();
        BatchAlarm alarm = new BatchAlarm(parts.alarms(), clock);
        BatchRefused refused = new BatchRefused(open, shared.ledger(), refusals, parts.pauses(), alarm, shared.intake(), settings, clock);
        SubmitBatches.Sender sender = new SubmitBatches.Sender(shared.provider(), shared.key()::hash);
        JoinBatch join = new JoinBatch(open, choice, refusals, options.service().request(), catalogue, shared.intake(), clock);
        main.bind("joinBatch", join);
        main.bind("awaitBatch", (AsyncStep) join::attach);
        main.bind("submitBatches", new SubmitBatches(open, api, shared.ledger(), sender, refused, parts.claims(), parts.reservations(), shared.intake(), parts.pauses(), settings, clock));
        main.bind("pollBatches", new PollBatches(open, api, shared.ledger(), sender, new FindBatch(api, shared.ledger(), catalogue, settings), parts.prices(), parts.tokens(),
                shared.intake(), alarm, settings, clock, new AtomicReference<>(Instant.EPOCH)));
        main.bind("takeLines", new TakeLines(open, shared.ledger(), new BatchLineReader(clock), refused, shared.tally(), shared.hold(), settings, clock));
    }

    OpenBatches open() {
        return open;
    }

    @Override
    public void close() {
        api.close();
    }
}
