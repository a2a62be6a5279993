package io.promptroutes.cli;

import io.promptroutes.app.Endpoint;
import io.promptroutes.app.Engine;
import io.promptroutes.app.Ledgers;
import io.promptroutes.call.ApiKey;
import io.promptroutes.component.StepOptions;
import io.promptroutes.file.Arrivals;
import io.promptroutes.file.CsvFile;
import io.promptroutes.file.InputFiles;
import io.promptroutes.file.JobNotes;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Estimate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ops.PipelineFiles;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.BatchSettings;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
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
    BatchView view;
    @Mixin
    private BatchStep step;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder for results.jsonl, costs.jsonl and dead-letters.jsonl; made if it is not there. -: results go to "
            + "standard output, a line each, and nothing else does; answers and costs are in the ledger.")
    Path out;

    @Option(names = "--concurrency", paramLabel = "N", description = "Calls running at a time (key prompts.concurrency).")
    private Integer concurrency;

    @Option(names = "--max-cost", paramLabel = "USD",
            description = "The most that this job may cost over all its runs, in US dollars (key budget.job); reaching it stops the job.")
    private String maxCost;

    @Option(names = "--submit-only", description = "With service tier batch: ends when all is submitted; the same command without it comes back for the answers.")
    private boolean submitOnly;

    @Option(names = "--wait-only", description = "With service tier batch: what has no answer in its batch is a dead letter, and is not called at the usual price (key batches.failed).")
    private boolean waitOnly;

    @Option(names = "--fresh", description = "Start over: earlier outputs in DIR are renamed, stored answers are not used.")
    boolean fresh;

    @Option(names = "--retry-failed", description = "Try the dead letters of earlier runs again.")
    private boolean retryFailed;

    private Map<String, String> given;
    private StepOptions asked;

    @Override
    public Integer call() throws Exception {
        if (view.quiet) {
            Logs.errorsOnly();
        }
        Settings settings = checkedSettings(options(), false);
        refuse(settings);
        find();
        given = given(settings);
        asked = BatchStep.over(given, new RouteSettings(settings, new ApiKey(() -> null)).prompts());
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
            AdmissionGate intake = routes(configured).intake(true);
            String job = streams() ? "- " + inputs.places() : folder.job(settings);
            // outermost, so that all of an interrupted job is closed before the process ends
            try (Interruption interruption = new Interruption(intake, err()); Ledger ledger = Ledgers.open(configured.settings(), job)) {
                Endpoint endpoint = configured.chosen(ledger).withKey();
                if (!streams()) {
                    folder.check(ledger, job);
                }
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

    /** What does not go together. */
    private void refuse(Settings settings) {
        if (submitOnly && (streams() || !settings.onOff("ledger.enabled"))) {
            throw new UsageException("--submit-only needs a folder and the ledger, out of which the answers are taken later");
        }
        if ((view.format == BatchView.Format.CSV || streams()) && !settings.onOff("ledger.store-text")) {
            throw new UsageException("--format csv and --out - need ledger.store-text=on: what earlier runs have answered is told out of the ledger");
        }
        if (streams() && (retryFailed || view.order == BatchView.Order.INPUT || view.format == BatchView.Format.OPENAI)) {
            throw new UsageException("--out - goes with neither --retry-failed, --order input nor --format openai, which need a folder");
        }
        if (step.result != null && (!streams() || view.format == BatchView.Format.CSV)) {
            throw new UsageException("--result is for the lines of --out -; a folder has whole results, and a table has columns");
        }
    }

    /** Whether results go to standard output. */
    private boolean streams() {
        return out != null && out.equals(InputFiles.STDIN);
    }

    private int estimate(Endpoint configured) throws InterruptedException {
        boolean stored = configured.settings().onOff("ledger.enabled") && Ledgers.exist(configured.settings());
        try (Ledger ledger = stored ? Ledgers.open(configured.settings(), null) : null) {
            EstimateRun run = estimate(configured.chosen(ledger), ledger, Files.exists(out) ? folder().job(configured.settings()) : out.toString());
            run.print(out());
            return run.inputLost() ? ExitCodes.DEAD_LETTERS : ExitCodes.ANSWERED;
        }
    }

    private RouteSettings routes(Endpoint endpoint) {
        return new RouteSettings(endpoint.settings(), endpoint.key(), keys -> asked.prompts());
    }

    private EstimateRun estimate(Endpoint endpoint, Ledger ledger, String job) throws InterruptedException {
        RouteSettings routes = routes(endpoint);
        LedgerPolicy policy = new LedgerPolicy(endpoint.provider(), pipeline(job), job, fresh, retryFailed, false, false);
        return new EstimateRun(routes, ledger, policy, input(routes));
    }

    private BiFunction<PromptWindow, JobStatistics, Arrivals> input(RouteSettings routes) {
        return (window, tally) -> inputs.open(routes.prompts(), asked::taken, window, tally);
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

    /** What is asked of each record, by names of options. */
    Map<String, String> given(Settings settings) {
        return step.given(() -> PipelineFiles.of(Path.of(""), settings.list("pipelines")), settings.properties());
    }

    private String pipeline(String job) {
        return given.getOrDefault(BatchStep.PIPELINE, JobFolder.pipeline(job));
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
        RouteSettings routes = routes(endpoint);
        boolean hold = Ledgers.hold(endpoint.settings());
        LedgerPolicy policy = new LedgerPolicy(endpoint.provider(), pipeline(job), job, fresh, retryFailed, hold, false);
        try (BatchOutput output = output(job, intake)) {
            output.begin(ledger, fresh);
            try (Engine engine = new Engine(routes, intake, new JobStatistics(), Engine.Use.ofJob(endpoint.provider(), hold, ledger, output.files()))) {
                engine.bind(output.beans());
                BatchRun run = new BatchRun(engine, pipeline(engine, policy, routes, endpoint.settings()), output, input(routes), view, err());
                int code = run.ask(countable(), inputs.most(), submitOnly, interruption);
                boolean ended = code == ExitCodes.ANSWERED || code == ExitCodes.DEAD_LETTERS;
                long removed = output.end(code == ExitCodes.STOPPED, ended && whole() && run.unreadable().isEmpty());
                if (output.note() != null) {
                    err().println("prompt-routes: " + Shown.list(output.note()));
                }
                if (!view.quiet || code == ExitCodes.STOPPED || code == ExitCodes.DEFECT) {
                    run.summary(out, whole(), estimate, removed);
                }
                return code;
            }
        } catch (IOException | UncheckedIOException e) {
            err().println("prompt-routes: the files in " + out + " are not finished: " + e.getMessage() + ". Nothing that was answered is lost; when "
                    + "that is mended, go on with:  " + Interruption.again());
            return ExitCodes.STOPPED;
        }
    }

    private Pipeline pipeline(Engine engine, LedgerPolicy policy, RouteSettings routes, Settings settings) {
        if (!asked.prompts().waits()) {
            return engine.pipeline(policy, routes.prompts(), routes.window());
        }
        BatchSettings batches = new BatchSettings(settings);
        return engine.waiting(policy, routes.prompts(), batches.open(), batches.openBytes());
    }

    private BatchOutput output(String job, AdmissionGate intake) throws IOException {
        boolean csv = view.format == BatchView.Format.CSV;
        if (streams()) {
            return new StandardOut(job, System.out, intake, asked, csv, view.spreadsheet);
        }
        Path place = out.resolve(OutputFolder.TABLE);
        if (csv && !fresh && Files.exists(place) && !Files.exists(out.resolve(OutputFolder.RESULTS))) {
            throw new UsageException(place + " is there already, and no job's: name another folder, or add --fresh, which renames it");
        }
        OutputFolder folder = folder().open();
        JobNotes.asked(out, given);
        AnswerTable table = csv ? new AnswerTable(new CsvFile(place, view.order == BatchView.Order.INPUT), asked.fields(), view.spreadsheet) : null;
        return new FolderOutput(job, folder, inputs.names(), view, table);
    }

    private Map<String, String> options() {
        Map<String, String> options = new HashMap<>();
        options.put("prompts.concurrency", Objects.toString(concurrency, null));
        options.put("budget.job", maxCost);
        options.put("batches.failed", waitOnly ? "fail" : null);
        options.values().removeIf(Objects::isNull);
        return options;
    }

    JobFolder folder() {
        return new JobFolder(out, fresh);
    }
}
