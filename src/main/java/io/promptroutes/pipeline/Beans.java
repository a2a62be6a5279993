package io.promptroutes.pipeline;

import io.promptroutes.call.AnswerReader;
import io.promptroutes.call.ApiKey;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.call.StructuredOutput;
import io.promptroutes.call.WallClock;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.AlarmStates;
import io.promptroutes.flow.AnswerCache;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.ProviderStatus;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.message.CostEvents;
import io.promptroutes.model.Breakers;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueChanges;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.model.ChainBuilder;
import io.promptroutes.model.CostCalculator;
import io.promptroutes.model.LeftOut;
import io.promptroutes.model.ParkedModels;
import io.promptroutes.model.PriceList;
import io.promptroutes.model.RateLimits;
import io.promptroutes.model.Reservations;
import io.promptroutes.model.TokenCounter;
import io.promptroutes.telemetry.Telemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.camel.LoggingLevel;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.apache.camel.processor.aggregate.GroupedExchangeAggregationStrategy;
import org.apache.camel.processor.errorhandler.RedeliveryPolicy;
import org.apache.camel.util.concurrent.SynchronousExecutorService;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;

/** Makes the beans that the route files name, and gives them to Camel under those names. */
public final class Beans implements AutoCloseable {

    /** Files take a line in no time, and brokers answer by themselves: few threads publish for thousands of calls. The most of them. */
    private static final int PUBLISHERS = 16;

    /** For a look at whether an answer is the JSON that was asked for. */
    private static final Duration CHECK = Duration.ofSeconds(5);

    /** For a look whether OpenRouter is there. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final WallClock wallClock;
    private final Breakers breakers;
    private final ProviderStatus reach;
    private final BatchBeans batches;
    private final Publishers publishers = new Publishers(PUBLISHERS);
    private final ExecutorService checkers = Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("checker", true));

    /**
     * What the routes share with whoever runs them.
     *
     * @param ledger   null where it is switched off
     * @param provider that is called
     * @param hold     whether no other call may follow one that may have been billed
     * @param jobs     by which the ledger knows the prompts of this process, those of files of the inbox left out
     * @param job      the only one that the process has; null where it is a service
     * @param sendsCosts whether cost events go anywhere but into a job's files
     */
    public record Shared(AdmissionGate intake, JobStatistics tally, Catalogue catalogue, CatalogueCopy copy, ApiKey key, ApiKey managementKey, Ledger ledger,
            String provider, boolean hold, Supplier<? extends Collection<String>> jobs, Job job, boolean sendsCosts, Telemetry telemetry, Clock clock) {
    }

    public Beans(Main main, Shared shared, Options options) {
        AdmissionGate intake = shared.intake();
        Catalogue catalogue = shared.catalogue();
        Clock clock = shared.clock();
        Telemetry telemetry = shared.telemetry();
        wallClock = new WallClock(options.service().longestAnswer(), options.service().timeout());
        ParkedModels parked = new ParkedModels(clock);
        breakers = new Breakers(options.breakers());
        reach = new ProviderStatus(options.service().dialect(), shared.provider());
        main.bind("breakers", breakers); // their state is asked for by name
        PriceList prices = options.prices(catalogue);
        TokenCounter tokens = new TokenCounter();
        CostCalculator costs = new CostCalculator(catalogue, prices, tokens);
        Reservations reservations = new Reservations(prices, options.budgets().unknownPrices(), options.budgets().serverTools());
        ChatRequest request = options.service().request();
        BooleanSupplier limited = () -> shared.ledger() != null && shared.ledger().limited();
        Pauses pauses = new Pauses(intake, reach, clock);
        AlarmStates alarms = new AlarmStates();

        main.bind("parsePrompt", new ParsePrompt(telemetry.traces()));
        TaskDetection.bind(main, options.detection().keywords(), options.detection().unsure(), options.detection()::detector);
        main.bind("buildRun", new BuildRun(new ChainBuilder(catalogue, options.aliases(catalogue), prices, reservations, tokens, request::cap, options.models().fallbacks(),
                options.models().free()), limited, options.retries().deadline(), options.models().tasks()));
        CheckOutput check = new CheckOutput(new StructuredOutput(CHECK), shared.ledger(), checkers, publishers);
        main.bind("checkOutput", check);
        main.bind("lookUp", new LookUp(shared.ledger(), intake, pauses, shared.tally(), check, publishers));
        main.bind("askCache", new AskCache(new AnswerCache(options.cache(), clock), shared.ledger(), shared.provider(), options.service().provider(),
                model -> breakers.open(model) ? LeftOut.CIRCUIT_BREAKER : parked.why(model), intake, pauses, shared.tally(), publishers, clock));
        ClaimCall claims = new ClaimCall(shared.ledger(), reservations, catalogue,
                intake, shared.tally(), pauses, new ClaimCall.Budget(limited, options.budgets().total(),
                        options.budgets().part(), options.models().freeFallback()), breakers, telemetry.traces(), clock);
        main.bind("claimCall", claims);
        batches = new BatchBeans(main, shared, options, new BatchBeans.Parts(pauses, claims, reservations, prices, tokens, alarms));
        SettleCall settle = new SettleCall(shared.ledger(), intake, shared.sendsCosts(), publishers, clock);
        main.bind("settleCall", settle);
        main.bind("keepAnswer", (AsyncStep) settle::keep);
        main.bind("followCall", new FollowCall(shared.ledger(), intake));
        bind(main, "storeDeadLetter", settle::deadLetter);
        main.bind("prepareCall", new PrepareCall(intake, catalogue, parked, breakers, new RateLimits(options.service().callsPerMinute(), options.service().modelCallsPerMinute()),
                reservations, limited,
                request,
                new PrepareCall.Timeouts(options.service().timeout(), options.service().reasoningTimeout()), clock));
        OpenRouterHttp.Limits http = new OpenRouterHttp.Limits(options.concurrency(), options.service().connectTimeout(),
                options.service().reasoningTimeout().plusSeconds(10));
        main.bind("openRouterHttp", new OpenRouterHttp(shared.key(), options.service(), wallClock, http));
        main.bind("managementHttp", new OpenRouterHttp(shared.managementKey(), options.service(), wallClock, http));
        main.bind("lookHttp", new OpenRouterHttp(shared.key(), options.service(), wallClock, new OpenRouterHttp.Limits(1, LOOK, LOOK)));
        main.bind("noteReach", new NoteReach(reach));
        main.bind("readAnswer", new ReadAnswer(new AnswerReader(clock), intake));
        main.bind("fallback", new Fallback(pauses, catalogue, parked, new Fallback.Waits(options.retries().backoff(), options.retries().longestWait(),
                options.retries().leaveFlex()),
                new ChainEnd(pauses, options.models().freeFallback(), shared.hold()), reach.service(), alarms, clock));
        EndCall end = new EndCall(costs, reservations, alarms, shared.tally(), breakers, reach, telemetry, clock);
        main.bind("endCall", end);
        bind(main, "endCheck", end::checked);
        main.bind("publishRetries", publishRetries(options.retries()));
        main.bind("checkSpike", new CheckSpike(shared.ledger(), options.alarms().spikeFactor(), options.alarms().spikeLeast(), alarms, clock));
        UnknownCosts unknown = new UnknownCosts(shared.ledger(), shared.jobs(), shared.job(), shared.sendsCosts(), shared.tally(), clock);
        bind(main, "listUnknownCosts", unknown::list);
        bind(main, "askForCost", unknown::ask);
        bind(main, "readGeneration", unknown::read);
        bind(main, "bookLookedUp", unknown::book);
        main.bind("checkCredit", new CheckCredit(options.alarms().creditBelow(), alarms, reach, clock));
        WaitCount waits = new WaitCount(shared.tally());
        bind(main, "beginWait", waits::begin);
        bind(main, "endWait", waits::end);
        Sinks sinks = new Sinks(intake, shared.tally(), shared.ledger(), alarms, telemetry, clock);
        Comparisons comparisons = new Comparisons(catalogue, shared.ledger(), intake, options.models().branchTimeout());
        bind(main, "openComparison", comparisons::open);
        bind(main, "branchOff", comparisons::branchOff);
        bind(main, "leaveBranch", comparisons::leave);
        bind(main, "joinBranches", comparisons::join);
        main.bind("gatherBranches", new GroupedExchangeAggregationStrategy());
        main.bind("sameThread", new SynchronousExecutorService());
        bind(main, "makeDeadLetter", sinks::deadLetter);
        bind(main, "makeRejection", sinks::reject);
        bind(main, "makeDefectLetter", sinks::defect);
        bind(main, "deliverResult", sinks::deliverResult);
        bind(main, "deliverDeadLetter", sinks::deliverDeadLetter);
        bind(main, "countResult", sinks::answered);
        bind(main, "countDeadLetter", sinks::dead);
        bind(main, "countAgain", sinks::republished);
        bind(main, "stopUnpublished", sinks::unpublished);
        bind(main, "giveUp", sinks::givenUp);
        bind(main, "leaveAsItIs", sinks::stopped);
        CostOutbox outbox = new CostOutbox(shared.ledger(), options.retries().costs(), clock);
        bind(main, "appendCost", outbox::append);
        bind(main, "addressCost", outbox::address);
        bind(main, "costSent", outbox::sent);
        bind(main, "costNotSent", outbox::notSent);
        bind(main, "listUnsentCosts", outbox::list);
        bind(main, "addressAlert", outbox::address);
        bind(main, "leaveMetadataOut", exchange -> exchange.getMessage().setBody(CostEvents.withoutMetadata(exchange.getMessage().getBody(byte[].class))));
        main.bind("goOnBrokenOff", new BrokenOff(sinks, end));
        main.bind("refreshCatalogue", new RefreshCatalogue(catalogue, options.service().dialect(), shared.copy(),
                new CatalogueChanges(options.models().priceJumpPercent(), options.models().expiryDays()), parked, options.models().tables(),
                new HashSet<>(), clock));
    }

    public Breakers breakers() {
        return breakers;
    }

    public OpenBatches batches() {
        return batches.open();
    }

    public ProviderStatus reach() {
        return reach;
    }

    /** A bean, since Camel's schema takes a plain number only for how often. */
    private static RedeliveryPolicy publishRetries(Options.Retries retries) {
        RedeliveryPolicy policy = new RedeliveryPolicy();
        policy.setMaximumRedeliveries(retries.publish());
        policy.setRedeliveryDelay(retries.publishDelay().toMillis());
        policy.setAsyncDelayedRedelivery(true); // what waits holds no thread of those that others need
        policy.setRetryAttemptedLogLevel(LoggingLevel.WARN);
        policy.setLogStackTrace(false);
        return policy;
    }

    private static void bind(Main main, String name, Processor processor) {
        main.bind(name, processor);
    }

    @Override
    public void close() {
        batches.close();
        wallClock.close();
        checkers.shutdownNow();
        publishers.close();
    }
}
