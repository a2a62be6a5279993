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
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.telemetry.Telemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.LoggingLevel;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.apache.camel.processor.aggregate.GroupedExchangeAggregationStrategy;
import org.apache.camel.processor.errorhandler.RedeliveryPolicy;
import org.apache.camel.util.concurrent.SynchronousExecutorService;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;

/** Makes the beans that the route files name, and gives them to Camel under those names. */
public final class Beans implements AutoCloseable {

    /** Files take a line in no time, and brokers answer by themselves: few threads publish for thousands of calls. */
    private static final int PUBLISHERS = 16;

    /** For a look at whether an answer is the JSON that was asked for. */
    private static final Duration CHECK = Duration.ofSeconds(5);

    /** For a look whether OpenRouter is there. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final WallClock wallClock;
    private final Breakers breakers;
    private final ProviderStatus reach;
    private final ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS, new DefaultThreadFactory("publisher", true));
    private final ExecutorService checkers = Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("checker", true));

    /**
     * What the routes share with the command that runs them. The ledger is null where it is switched off.
     *
     * @param mayStart asked before each call: false where the prompt is somebody else's by now, such as a record whose partition is gone
     */
    public record Shared(AdmissionGate intake, JobStatistics tally, Catalogue catalogue, CatalogueCopy copy, ApiKey key, ApiKey managementKey, Predicate<String> firstSeen,
            Ledger ledger, LedgerPolicy policy,
            Predicate<Exchange> mayStart, Telemetry telemetry, Clock clock) {
    }

    public Beans(Main main, Shared shared, Options options, PromptSettings prompts) {
        AdmissionGate intake = shared.intake();
        Catalogue catalogue = shared.catalogue();
        Clock clock = shared.clock();
        Telemetry telemetry = shared.telemetry();
        wallClock = new WallClock(options.service().longestAnswer(), options.service().timeout());
        ParkedModels parked = new ParkedModels(clock);
        breakers = new Breakers(options.breakers());
        reach = new ProviderStatus(options.service().dialect(), shared.policy().provider());
        main.bind("breakers", breakers); // their state is asked for by name
        PriceList prices = options.prices(catalogue);
        TokenCounter tokens = new TokenCounter();
        CostCalculator costs = new CostCalculator(catalogue, prices, tokens);
        Reservations reservations = new Reservations(prices, options.budgets().unknownPrices(), options.budgets().serverTools());
        ChatRequest request = options.service().request();
        BooleanSupplier limited = () -> shared.ledger() != null && shared.ledger().limited();
        Pauses pauses = new Pauses(intake, reach, clock);
        AlarmStates alarms = new AlarmStates();

        main.bind("parsePrompt", new ParsePrompt(new PromptParser(prompts), shared.firstSeen(), new Occurrences(), prompts.maxBytes(), telemetry.traces()));
        TaskDetection.bind(main, options.detection().keywords(), options.detection().unsure(), options.detection()::detector);
        main.bind("buildRun", new BuildRun(new ChainBuilder(catalogue, options.aliases(catalogue), prices, reservations, tokens, request::cap, options.models().fallbacks(),
                options.models().free()), limited, options.retries().deadline(), options.models().tasks()));
        CheckOutput check = new CheckOutput(new StructuredOutput(CHECK), shared.ledger(), checkers, publishers);
        main.bind("checkOutput", check);
        main.bind("lookUp", new LookUp(shared.ledger(), intake, pauses, shared.tally(), shared.policy(), check, shared.mayStart()));
        main.bind("askCache", new AskCache(new AnswerCache(options.cache(), clock), shared.ledger(), shared.policy(), options.service().provider(),
                model -> breakers.open(model) ? LeftOut.CIRCUIT_BREAKER : parked.why(model), intake, pauses, shared.tally(), publishers, clock));
        main.bind("claimCall", new ClaimCall(shared.ledger(), reservations, catalogue,
                intake, shared.tally(), pauses, new ClaimCall.Budget(limited, options.budgets().total(),
                        options.budgets().part(), options.models().freeFallback()), breakers, telemetry.traces(), clock));
        SettleCall settle = new SettleCall(shared.ledger(), intake, publishers, clock);
        main.bind("settleCall", settle);
        main.bind("keepAnswer", (AsyncStep) settle::keep);
        main.bind("followCall", new FollowCall(shared.ledger(), intake));
        bind(main, "storeDeadLetter", settle::deadLetter);
        main.bind("prepareCall", new PrepareCall(intake, catalogue, parked, breakers, new RateLimits(options.service().callsPerMinute(), options.service().modelCallsPerMinute()),
                reservations, limited,
                request,
                new PrepareCall.Timeouts(options.service().timeout(), options.service().reasoningTimeout()), shared.mayStart(), clock));
        OpenRouterHttp.Limits http = new OpenRouterHttp.Limits(options.concurrency(), options.service().connectTimeout(),
                options.service().reasoningTimeout().plusSeconds(10));
        main.bind("openRouterHttp", new OpenRouterHttp(shared.key(), options.service(), wallClock, http));
        main.bind("managementHttp", new OpenRouterHttp(shared.managementKey(), options.service(), wallClock, http));
        main.bind("lookHttp", new OpenRouterHttp(shared.key(), options.service(), wallClock, new OpenRouterHttp.Limits(1, LOOK, LOOK)));
        main.bind("noteReach", new NoteReach(reach));
        main.bind("readAnswer", new ReadAnswer(new AnswerReader(clock), intake));
        main.bind("fallback", new Fallback(pauses, catalogue, parked, new Fallback.Waits(options.retries().backoff(), options.retries().longestWait()),
                new ChainEnd(pauses, options.models().freeFallback(), shared.policy().hold()), reach.service(), alarms, clock));
        EndCall end = new EndCall(costs, reservations, alarms, shared.tally(), breakers, reach, telemetry, clock);
        main.bind("endCall", end);
        bind(main, "endCheck", end::checked);
        main.bind("publishRetries", publishRetries(options.retries()));
        main.bind("checkSpike", new CheckSpike(shared.ledger(), options.alarms().spikeFactor(), options.alarms().spikeLeast(), alarms, clock));
        UnknownCosts unknown = new UnknownCosts(shared.ledger(), shared.policy().job(), shared.tally(), clock);
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
        bind(main, "acknowledgeAgain", sinks::republished);
        bind(main, "makeDeadLetter", sinks::deadLetter);
        bind(main, "makeRejection", sinks::reject);
        bind(main, "makeDefectLetter", sinks::defect);
        bind(main, "makeTooLargeLetter", sinks::tooLarge);
        bind(main, "leaveTextOut", sinks::withoutText);
        bind(main, "leaveMetadataOut", exchange -> exchange.getMessage().setBody(CostEvents.withoutMetadata(exchange.getMessage().getBody(byte[].class))));
        bind(main, "acknowledgeResult", sinks::answered);
        bind(main, "acknowledgeDeadLetter", sinks::dead);
        bind(main, "stopUnpublished", sinks::unpublished);
        bind(main, "giveUp", sinks::givenUp);
        main.bind("goOnBrokenOff", new BrokenOff(sinks, end));
        main.bind("refreshCatalogue", new RefreshCatalogue(catalogue, options.service().dialect(), shared.copy(),
                new CatalogueChanges(options.models().priceJumpPercent(), options.models().expiryDays()), parked, options.models().tables(),
                new HashSet<>(), clock));
    }

    public Breakers breakers() {
        return breakers;
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
        wallClock.close();
        checkers.shutdownNow();
        publishers.shutdown();
    }
}
