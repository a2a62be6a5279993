package io.promptroutes.cli;

import io.promptroutes.file.Arrivals;
import io.promptroutes.file.IdSet;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Estimate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.message.OpenAiBatch;
import io.promptroutes.pipeline.JobSinks;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Command {@code batch}: files of prompts in, three files of results, costs and dead letters out. */
@Command(name = "batch", description = "Answers every prompt in the input files.")
class BatchCommand extends ConfiguredCommand implements Callable<Integer> {

    @Mixin
    Inputs inputs;
    @Mixin
    private BatchView view;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder for results.jsonl, costs.jsonl and dead-letters.jsonl; made if it is not there.")
    Path out;

    @Option(names = "--concurrency", paramLabel = "N", description = "Calls running at a time (key prompts.concurrency).")
    private Integer concurrency;

    @Option(names = "--max-cost", paramLabel = "USD",
            description = "The most that this job may cost over all its runs, in US dollars (key budget.job); reaching it stops the job.")
    private String maxCost;

    @Option(names = "--fresh", description = "Start over: earlier outputs in DIR are renamed, stored answers are not used.")
    boolean fresh;

    @Option(names = "--retry-failed", description = "Try the dead letters of earlier runs again.")
    private boolean retryFailed;

    @Override
    public Integer call() throws Exception {
        if (view.quiet) {
            Logs.errorsOnly();
        }
        Settings settings = checkedSettings(options(), false);
        find();
        if (view.confirmAbove != null && !inputs.repeatable()) {
            throw new UsageException("--confirm-above reads the input twice, and standard input can be read once; put it into a file");
        }
        JobFolder folder = folder();
        try (Endpoint configured = endpoint(settings)) {
            if (view.estimate) {
                return estimate(configured);
            }
            if (!Ledgers.exist(settings)) {
                configured.withKey(); // at once, before anything is made
            }
            RouteSettings checked = new RouteSettings(configured.settings(), configured.key());
            AdmissionGate intake = checked.intake(true);
            String job = folder.job(settings);
            // outermost, so that all of an interrupted job is closed before the process ends
            try (Interruption interruption = new Interruption(intake, err()); Ledger ledger = Ledgers.open(configured.settings(), job)) {
                Endpoint endpoint = configured.chosen(ledger).withKey();
                folder.check(ledger, job);
                Ledgers.keep(ledger, settings);
                interruption.idle(view.confirmAbove != null);
                Estimate estimate = view.confirmAbove == null ? null : estimate(endpoint, ledger, job).confirmed(view.confirmAbove, err());
                interruption.idle(false);
                int code = work(endpoint, intake, ledger, job, estimate, interruption);
                interruption.exitWith(code);
                return code;
            }
        }
    }

    private int estimate(Endpoint configured) throws InterruptedException {
        boolean stored = configured.settings().onOff("ledger.enabled") && Ledgers.exist(configured.settings());
        try (Ledger ledger = stored ? Ledgers.open(configured.settings(), null) : null) {
            EstimateRun run = estimate(configured.chosen(ledger), ledger, Files.exists(out) ? folder().job(configured.settings()) : out.toString());
            run.print(out());
            return run.inputLost() ? ExitCodes.DEAD_LETTERS : ExitCodes.ANSWERED;
        }
    }

    private EstimateRun estimate(Endpoint endpoint, Ledger ledger, String job) throws InterruptedException {
        RouteSettings routes = new RouteSettings(endpoint.settings(), endpoint.key());
        LedgerPolicy policy = new LedgerPolicy(endpoint.provider(), JobFolder.pipeline(job), job, fresh, retryFailed, false, false, (id, result) -> false);
        return new EstimateRun(routes, ledger, policy, input(routes));
    }

    private BiFunction<AdmissionGate, JobStatistics, Arrivals> input(RouteSettings routes) {
        return (intake, tally) -> inputs.open(routes.prompts(), intake, tally);
    }

    /** Finds what is to be answered, before anything is made. */
    void find() throws IOException {
        if (inputs.inputs.isEmpty() || out == null) {
            throw new ParameterException(spec.commandLine(), inputs.inputs.isEmpty() ? "Missing required parameter: 'INPUT...'"
                    : "Missing required option: '--out=DIR'");
        }
        inputs.find(out);
        if (inputs.notTaken() != null) {
            err().println("prompt-routes: " + Shown.list(inputs.notTaken()));
        }
    }

    /** Whether what is read is all that the job's input holds. */
    boolean whole() {
        return inputs.most() == null;
    }

    /** Whether the input can be read beside the job, to know how much there is. */
    boolean countable() {
        return inputs.repeatable();
    }

    private int work(Endpoint endpoint, AdmissionGate intake, Ledger ledger, String job, Estimate estimate,
            Interruption interruption) throws Exception {
        RouteSettings routes = new RouteSettings(endpoint.settings(), endpoint.key());
        try (OutputFolder folder = folder().open()) {
            if (view.order == BatchView.Order.INPUT) {
                folder.inOrderOf(inputs.names());
            }
            if (view.format == BatchView.Format.OPENAI) {
                folder.copy(OutputFolder.RESULTS, OutputFolder.OPENAI_OUTPUT, OpenAiBatch::output);
                folder.copy(OutputFolder.DEAD_LETTERS, OutputFolder.OPENAI_ERRORS, OpenAiBatch::error);
            }
            JobSinks sinks = new JobSinks(folder);
            LedgerPolicy policy = new LedgerPolicy(endpoint.provider(), JobFolder.pipeline(job), job, fresh, retryFailed,
                    Ledgers.hold(endpoint.settings()), false, sinks);
            if (ledger != null) {
                if (fresh) {
                    ledger.forget(policy.job()).join();
                } else {
                    sinks.restore(ledger, policy.job());
                }
            }
            Application.Edges edges = Application.Edges.ofJob("files", sinks.beans(), new IdSet()::add);
            try (Application application = new Application(routes, intake, edges, ledger, policy)) {
                int code = run(application, folder, input(routes), estimate, interruption);
                if (code != ExitCodes.STOPPED) {
                    folder.finished();
                }
                return code;
            }
        } catch (IOException | UncheckedIOException e) {
            err().println("prompt-routes: the files in " + out + " are not finished: " + e.getMessage() + ". Nothing that was answered is lost; when "
                    + "that is mended, go on with:  " + Interruption.again());
            return ExitCodes.STOPPED;
        }
    }

    private Map<String, String> options() {
        Map<String, String> options = new HashMap<>();
        options.put("prompts.concurrency", Objects.toString(concurrency, null));
        options.put("budget.job", maxCost);
        options.values().removeIf(Objects::isNull);
        return options;
    }

    JobFolder folder() {
        return new JobFolder(out, fresh);
    }

    private int run(Application application, OutputFolder folder, BiFunction<AdmissionGate, JobStatistics, Arrivals> input, Estimate estimate,
            Interruption interruption) throws InterruptedException, IOException {
        PrintWriter err = err();
        try (Arrivals arrivals = input.apply(application.intake, application.tally)) {
            application.start();
            Summary summary = new Summary(application.tally, application.intake);
            InputCount count = new InputCount(view.quiet || !countable() ? null : input, inputs.most());
            try (count;
                    Progress progress = new Progress(new Course(application.tally, application.intake, count::total), err, view.quiet)) {
                interruption.last(progress);
                application.send("direct:batch", arrivals);
                application.intake.awaitFinished();
                application.send("direct:unknown-costs", null); // those that OpenRouter does not have yet are asked for when a command next runs
            }
            arrivals.unreadable().forEach(problem -> err.println("prompt-routes: " + problem));
            int code = summary.exitCode(!arrivals.unreadable().isEmpty());
            boolean ended = code == ExitCodes.ANSWERED || code == ExitCodes.DEAD_LETTERS;
            long removed = ended && whole() && arrivals.unreadable().isEmpty() ? folder.retain(inputs.names()) : 0;
            if (!view.quiet || code == ExitCodes.STOPPED || code == ExitCodes.DEFECT) {
                summary.print(err, out, whole() ? count.total() : -1, estimate, removed);
            }
            return code;
        }
    }
}
