package io.promptroutes.cli;

import io.promptroutes.file.Arrivals;
import io.promptroutes.file.IdSet;
import io.promptroutes.flow.Intake;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.route.JobSinks;
import io.promptroutes.route.LedgerPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code batch}: files of prompts in, three files of results, costs and dead letters out. */
@Command(name = "batch", mixinStandardHelpOptions = true, versionProvider = PromptRoutes.Version.class,
        description = "Answers every prompt in the input files.")
final class BatchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;
    @Mixin
    private Common common;

    @Parameters(paramLabel = "INPUT", arity = "1..*", description = "Files of prompts, a JSON object a line (.jsonl): "
            + "native lines and OpenAI Batch lines, mixed as you like.")
    private List<Path> inputs;

    @Option(names = "--out", paramLabel = "DIR", required = true,
            description = "Folder for results.jsonl, costs.jsonl and dead-letters.jsonl; made if it is not there.")
    private Path out;

    @Option(names = "--concurrency", paramLabel = "N", description = "Calls running at a time (key prompts.concurrency).")
    private Integer concurrency;

    @Option(names = "--max-cost", paramLabel = "USD",
            description = "The most that this job may cost over all its runs, in US dollars (key budget.job); reaching it stops the job.")
    private String maxCost;

    @Option(names = "--fresh", description = "Start over: earlier outputs in DIR are renamed, stored answers are not used.")
    private boolean fresh;

    @Option(names = "--retry-failed", description = "Try the dead letters of earlier runs again.")
    private boolean retryFailed;

    @Override
    public Integer call() throws Exception {
        Settings settings = common.checkedSettings(options());
        Map<String, Path> files = files();
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new UsageException("--out " + out + " is not a folder");
        }
        try (Common.Endpoint configured = common.endpoint(settings)) {
            if (!Ledgers.exist(settings)) {
                configured.withKey(); // at once, before anything is made
            }
            RouteSettings checked = new RouteSettings(configured.settings(), configured.key());
            Intake intake = checked.intake(true);
            String job = job(settings);
            // outermost, so that all of an interrupted job is closed before the process ends
            try (Interruption interruption = new Interruption(intake); Ledger ledger = Ledgers.open(configured.settings(), job)) {
                Common.Endpoint endpoint = configured.chosen(ledger).withKey();
                if (ledger == null) {
                    checkWithoutLedger(settings);
                } else if (!fresh && hasResults() && !ledger.history().knows(job)) {
                    throw new UsageException("--out " + out + " holds results that this ledger knows nothing of, and would pay for again. Run the "
                            + "command in the folder and with the ledger.* keys of its first run, or add --fresh (answers are kept for ledger.keep)");
                }
                int code = work(endpoint, intake, files, ledger, job);
                interruption.exitWith(code);
                return code;
            }
        }
    }

    /** A job is its output folder. On a ledger that many machines share its path alone names none: then the folder keeps a name of its own. */
    private String job(Settings settings) {
        try {
            String path = Files.createDirectories(out).toRealPath().toString();
            Path name = out.resolve(".job");
            if (Files.exists(name)) {
                return Files.readString(name).strip();
            }
            if (settings.text("ledger.url").isEmpty() || hasResults()) {
                return path;
            }
            String own = path + "#" + UUID.randomUUID().toString().substring(0, 8);
            Path written = Files.writeString(out.resolve(".job.new"), own);
            Files.move(written, name, StandardCopyOption.ATOMIC_MOVE);
            return own;
        } catch (IOException e) {
            throw new UsageException("--out " + out + " cannot be made: " + e.getMessage(), e);
        }
    }

    private boolean hasResults() {
        Path results = out.resolve(OutputFolder.RESULTS);
        return Files.exists(results) && results.toFile().length() > 0;
    }

    /** Nothing remembers what was paid. */
    private void checkWithoutLedger(Settings settings) {
        if (new BudgetSettings(settings).limited()) {
            throw new UsageException("a budget is set (--max-cost or a key budget.*), but none holds while key ledger.enabled is off");
        }
        if (!fresh && hasResults()) {
            throw new UsageException("--out " + out + " holds results of an earlier job, which cannot be continued while key ledger.enabled is "
                    + "off; name another folder or add --fresh");
        }
    }

    private int work(Common.Endpoint endpoint, Intake intake, Map<String, Path> files, Ledger ledger, String job) throws Exception {
        RouteSettings routes = new RouteSettings(endpoint.settings(), endpoint.key());
        try (OutputFolder folder = folder()) {
            JobSinks sinks = new JobSinks(folder);
            LedgerPolicy policy = new LedgerPolicy(endpoint.provider(), job, fresh, retryFailed, Ledgers.hold(endpoint.settings()), false, sinks::has);
            if (ledger != null) {
                if (fresh) {
                    ledger.forget(policy.job()).join();
                } else {
                    sinks.restore(ledger, policy.job());
                }
            }
            Application.Edges edges = Application.Edges.ofJob("files", sinks.beans(), new IdSet()::add);
            try (Application application = new Application(routes, intake, edges, ledger, policy)) {
                return run(application, files, routes.prompts().maxBytes());
            }
        }
    }

    private Map<String, String> options() {
        Map<String, String> options = new HashMap<>();
        if (concurrency != null) {
            options.put("prompts.concurrency", concurrency.toString());
        }
        if (maxCost != null) {
            options.put("budget.job", maxCost);
        }
        return options;
    }

    private OutputFolder folder() {
        try {
            return new OutputFolder(out, fresh);
        } catch (IOException e) {
            throw new UsageException("--out " + out + " cannot be used: " + e.getMessage(), e);
        }
    }

    private int run(Application application, Map<String, Path> files, int maxBytes) throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try (Arrivals arrivals = new Arrivals(files, maxBytes, application.intake(), application.tally())) {
            application.start();
            Summary summary = new Summary(application.tally(), application.intake());
            try (Progress progress = new Progress(summary, err)) {
                application.send("direct:batch", arrivals);
                application.intake().awaitFinished();
                application.lookUpCosts();
            }
            arrivals.unreadable().forEach(problem -> err.println("prompt-routes: " + problem));
            return summary.print(err, out, !arrivals.unreadable().isEmpty());
        }
    }

    /** By the name under which lines are known: the file's own, or the path as given where two files share it. */
    private Map<String, Path> files() {
        Map<String, Path> files = new LinkedHashMap<>();
        for (Path input : inputs) {
            if (!Files.exists(input)) {
                throw new UsageException("INPUT " + input + " does not exist");
            }
            if (!Files.isRegularFile(input) || !Files.isReadable(input)) {
                throw new UsageException("INPUT " + input + " is not a readable file");
            }
            String name = input.getFileName().toString();
            if (files.putIfAbsent(files.containsKey(name) ? input.toString() : name, input) != null) {
                throw new UsageException("INPUT " + input + " is given twice");
            }
        }
        return files;
    }
}
