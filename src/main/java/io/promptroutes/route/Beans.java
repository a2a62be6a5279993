package io.promptroutes.route;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.cost.Catalogue;
import io.promptroutes.cost.CatalogueChanges;
import io.promptroutes.cost.CatalogueCopy;
import io.promptroutes.cost.CostCalculator;
import io.promptroutes.cost.PriceList;
import io.promptroutes.cost.Reservations;
import io.promptroutes.cost.TokenCounter;
import io.promptroutes.flow.AnswerCache;
import io.promptroutes.flow.Crossings;
import io.promptroutes.flow.Intake;
import io.promptroutes.flow.Reach;
import io.promptroutes.flow.Tally;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.openrouter.AnswerReader;
import io.promptroutes.openrouter.ApiKey;
import io.promptroutes.openrouter.ChatRequest;
import io.promptroutes.openrouter.WallClock;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Task;
import io.promptroutes.routing.Breakers;
import io.promptroutes.routing.ChainBuilder;
import io.promptroutes.routing.Detector;
import io.promptroutes.routing.ParkedModels;
import io.promptroutes.routing.RateLimits;
import io.promptroutes.telemetry.Telemetry;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.camel.LoggingLevel;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.apache.camel.processor.aggregate.GroupedExchangeAggregationStrategy;
import org.apache.camel.processor.errorhandler.RedeliveryPolicy;
import org.apache.camel.util.concurrent.SynchronousExecutorService;

/** Makes the beans that the route files name, and gives them to Camel under those names. */
public final class Beans implements AutoCloseable {

    /** Files take a line in no time, and brokers answer by themselves: few threads publish for thousands of calls. */
    private static final int PUBLISHERS = 16;

    /** For a look whether OpenRouter is there. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final WallClock wallClock;
    private final Breakers breakers;
    private final Reach reach;
    private final ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS, task -> {
        Thread thread = new Thread(task, "publisher");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * What an operator decides about calls and models.
     *
     * @param headers    sent to OpenRouter beside the key
     * @param provider   defaults for the request's {@code provider} object
     * @param publishRetries of a result that cannot be written
     * @param callsPerMinute of all models together; 0 for no limit
     * @param tables     every model id in the tables that are in use
     * @param freeModels the free tier, best first
     * @param freeFallback whether free models step in where there is no credit
     * @param branchTimeout of each model of a comparison, over its attempts
     * @param exhausted  what follows where a limit over everything is reached: FREE, REJECT or PAUSE; partExhausted, a tenant's or model's
     * @param creditBelow USD, below which an alert says so
     * @param prices     all keys below {@code prices.}, with that prefix
     */
    public record Options(
            int concurrency, Duration connectTimeout, Duration timeout, Duration reasoningTimeout, Duration deadline, int longestAnswer,
            Map<String, String> headers, ObjectNode provider, int reasoningHeadroom,
            Duration backoff, Duration longestWait, int publishRetries, Duration publishRetryDelay, int callsPerMinute, Map<String, Integer> modelCallsPerMinute,
            int priceJumpPercent, int expiryDays, Set<String> tables, List<String> fallbacks, List<String> freeModels, boolean freeFallback, Duration branchTimeout, Map<String, String> prices,
            Map<Task, List<String>> keywords, Detector detector,
            String exhausted, String partExhausted, boolean unknownPrices, boolean serverTools,
            BigDecimal creditBelow, BigDecimal spikeFactor, BigDecimal spikeLeast, Breakers.Settings breakers,
            AnswerCache.Settings cache) {
    }

    /**
     * What the routes share with the command that runs them. The ledger is null where it is switched off.
     *
     * @param mayStart asked before each call: false where the prompt is somebody else's by now, such as a record whose partition is gone
     */
    public record Shared(Intake intake, Tally tally, Catalogue catalogue, CatalogueCopy copy, ApiKey key, ApiKey managementKey, Predicate<String> firstSeen,
            Ledger ledger, LedgerPolicy policy,
            Predicate<Exchange> mayStart, Telemetry telemetry, Clock clock) {
    }

    public Beans(Main main, Shared shared, Options options, PromptSettings prompts) {
        Intake intake = shared.intake();
        Catalogue catalogue = shared.catalogue();
        Clock clock = shared.clock();
        Telemetry telemetry = shared.telemetry();
        wallClock = new WallClock(options.longestAnswer());
        ParkedModels parked = new ParkedModels(clock);
        breakers = new Breakers(options.breakers());
        reach = new Reach(shared.policy().provider());
        main.bind("breakers", breakers); // their state is asked for by name
        PriceList prices = new PriceList(catalogue, options.prices());
        TokenCounter tokens = new TokenCounter();
        CostCalculator costs = new CostCalculator(catalogue, prices, tokens);
        Reservations reservations = new Reservations(prices, options.unknownPrices(), options.serverTools());
        ChatRequest request = new ChatRequest(options.provider(), options.reasoningHeadroom());
        BooleanSupplier limited = () -> shared.ledger() != null && shared.ledger().limited();
        Pauses pauses = new Pauses(intake, clock);
        Crossings alarms = new Crossings();

        main.bind("parsePrompt", new ParsePrompt(new PromptParser(prompts), shared.firstSeen(), prompts.maxBytes(), telemetry.traces()));
        TaskDetection.bind(main, options.keywords(), options::detector);
        main.bind("buildRun", new BuildRun(new ChainBuilder(catalogue, prices, reservations, tokens, request::cap, options.fallbacks(),
                options.freeModels()), options.deadline()));
        main.bind("lookUp", new LookUp(shared.ledger(), intake, pauses, shared.tally(), shared.policy()));
        main.bind("askCache", new AskCache(new AnswerCache(options.cache(), clock), shared.ledger(), shared.policy(), options.provider(),
                model -> parked.parked(model) || breakers.open(model), new AskCache.Guard(intake, pauses), shared.tally(), publishers, clock));
        main.bind("claimCall", new ClaimCall(shared.ledger(), reservations, catalogue,
                intake, pauses, new ClaimCall.Budget(limited, ClaimCall.Exhausted.valueOf(options.exhausted()),
                        ClaimCall.Exhausted.valueOf(options.partExhausted()), options.freeFallback()), breakers, telemetry.traces(), clock));
        SettleCall settle = new SettleCall(shared.ledger(), publishers);
        main.bind("settleCall", settle);
        bind(main, "storeDeadLetter", settle::deadLetter);
        main.bind("prepareCall", new PrepareCall(intake, catalogue, parked, breakers, new RateLimits(options.callsPerMinute(), options.modelCallsPerMinute()),
                prices, limited,
                request,
                new PrepareCall.Timeouts(options.timeout(), options.reasoningTimeout()), shared.mayStart(), clock));
        OpenRouterHttp.Limits http = new OpenRouterHttp.Limits(options.concurrency(), options.connectTimeout(),
                options.reasoningTimeout().plusSeconds(10));
        main.bind("openRouterHttp", new OpenRouterHttp(shared.key(), options.headers(), wallClock, http));
        main.bind("managementHttp", new OpenRouterHttp(shared.managementKey(), options.headers(), wallClock, http));
        main.bind("lookHttp", new OpenRouterHttp(shared.key(), options.headers(), wallClock, new OpenRouterHttp.Limits(1, LOOK, LOOK)));
        main.bind("noteReach", new NoteReach(reach));
        main.bind("readAnswer", new ReadAnswer(new AnswerReader(clock), intake));
        main.bind("checkOutput", new CheckOutput());
        main.bind("fallback", new Fallback(pauses, catalogue, parked, new Fallback.Waits(options.backoff(), options.longestWait()),
                options.freeFallback(), shared.policy(), alarms, clock));
        main.bind("endCall", new EndCall(costs, shared.tally(), breakers, reach, telemetry, clock));
        main.bind("publishRetries", publishRetries(options));
        main.bind("checkSpike", new CheckSpike(options.spikeFactor(), options.spikeLeast(), alarms, clock));
        if (shared.ledger() != null) {
            main.bind("ledgerData", shared.ledger().dataSource());
        }
        UnknownCosts unknown = new UnknownCosts(shared.ledger(), shared.policy().job(), shared.tally(), clock);
        bind(main, "listUnknownCosts", unknown::list);
        bind(main, "readGeneration", unknown::read);
        bind(main, "bookLookedUp", unknown::book);
        main.bind("checkCredit", new CheckCredit(options.creditBelow(), alarms, reach, clock));
        Waits waits = new Waits(shared.tally());
        bind(main, "beginWait", waits::begin);
        bind(main, "endWait", waits::end);
        Sinks sinks = new Sinks(intake, shared.tally(), shared.ledger(), alarms, telemetry, clock);
        bind(main, "releaseCall", sinks::called);
        Comparisons comparisons = new Comparisons(catalogue, shared.ledger(), intake, options.branchTimeout());
        bind(main, "openComparison", comparisons::open);
        bind(main, "branchOff", comparisons::branchOff);
        bind(main, "leaveBranch", comparisons::leave);
        bind(main, "joinBranches", comparisons::join);
        main.bind("gatherBranches", new GroupedExchangeAggregationStrategy());
        main.bind("sameThread", new SynchronousExecutorService());
        bind(main, "makeBudgetAlerts", sinks::crossing);
        bind(main, "acknowledgeAgain", sinks::republished);
        bind(main, "makeDeadLetter", sinks::deadLetter);
        bind(main, "makeRejection", sinks::reject);
        bind(main, "makeDefectLetter", sinks::defect);
        bind(main, "makeTooLargeLetter", sinks::tooLarge);
        bind(main, "leaveTextOut", sinks::withoutText);
        bind(main, "acknowledgeResult", sinks::answered);
        bind(main, "acknowledgeDeadLetter", sinks::dead);
        bind(main, "stopUnpublished", sinks::unpublished);
        bind(main, "giveUp", sinks::givenUp);
        bind(main, "stillOurs", exchange -> {
            if (!Sinks.branch(exchange) && !shared.mayStart().test(exchange)) { // a branch ends before its call, for its comparison waits for it
                sinks.givenUp(exchange);
                exchange.setRouteStop(true);
            }
        });
        main.bind("refreshCatalogue", new RefreshCatalogue(catalogue, shared.copy(),
                new CatalogueChanges(options.priceJumpPercent(), options.expiryDays()), parked, options.tables(), clock));
    }

    public Breakers breakers() {
        return breakers;
    }

    public Reach reach() {
        return reach;
    }

    /** A bean, since Camel's schema takes a plain number only for how often. */
    private static RedeliveryPolicy publishRetries(Options options) {
        RedeliveryPolicy policy = new RedeliveryPolicy();
        policy.setMaximumRedeliveries(options.publishRetries());
        policy.setRedeliveryDelay(options.publishRetryDelay().toMillis());
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
        publishers.shutdown();
    }
}
