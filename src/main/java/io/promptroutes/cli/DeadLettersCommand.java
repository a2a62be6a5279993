package io.promptroutes.cli;

import io.promptroutes.file.DeadLetterReader;
import io.promptroutes.file.InputFiles;
import io.promptroutes.file.JobNotes;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.kafka.BrokerReach;
import io.promptroutes.kafka.NotAlone;
import io.promptroutes.kafka.Replay;
import io.promptroutes.ops.PipelineFiles;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.commons.lang3.function.Failable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Command {@code dead-letters}. */
@Command(name = "dead-letters", subcommands = DeadLettersCommand.ReplayCommand.class, mixinStandardHelpOptions = true,
        versionProvider = PromptRoutes.Version.class, description = "Tries prompts again that could not be answered.")
final class DeadLettersCommand {

    /** Command {@code dead-letters replay}: a batch of what could not be answered; or records put back on the topic of prompts. */
    @Command(name = "replay", description = "Answers the prompts in files of dead letters (INPUT) into --out or, where that is not given, into the folder that they are in, "
                    + "where the letters of those that are answered go; or puts the records of the topic of dead letters back on the topic of prompts.")
    static final class ReplayCommand extends BatchCommand {

        @Option(names = "--topic", description = "Replay the topic of dead letters (keys kafka.*): what came since the last replay.")
        private boolean topic;

        @Option(names = "--from-beginning", description = "With --topic: all of it, also what was replayed or skipped before.")
        private boolean again;

        @Option(names = "--hopeless", description = "With --topic and without --code: also those whose error another try would not mend.")
        private boolean hopeless;

        @Option(names = "--code", split = ",", paramLabel = "CODE", description = "Only those with one of these error codes, such as rate_limited.")
        private Set<String> codes = Set.of();

        private DeadLetterReader letters;

        @Override
        public Integer call() throws Exception {
            if (topic == !inputs.inputs.isEmpty()) {
                throw new ParameterException(spec.commandLine(), "give either files of dead letters or --topic");
            }
            if (topic ? out != null : again || hopeless) {
                throw new ParameterException(spec.commandLine(), topic ? "--out is for files of dead letters" : "--from-beginning and --hopeless are for --topic");
            }
            if (topic) {
                return replayTopic();
            }
            int code = super.call();
            if (letters != null) {
                say(letters.replayed(), letters.skipped());
            }
            return code;
        }

        /** What is read is told of at the end, once. */
        @Override
        boolean countable() {
            return false;
        }

        /** The other prompts of the job are not in its dead letters. */
        @Override
        boolean whole() {
            return false;
        }

        @Override
        void find() throws IOException {
            if (fresh) {
                throw new UsageException("--fresh would put the dead letters away; `batch --fresh` starts a job over");
            }
            if (view.format == BatchView.Format.CSV || InputFiles.STDIN.equals(out)) {
                throw new UsageException("--format csv and --out - are for batch: a job's own command makes its whole table anew");
            }
            inputs.inputs = inputs.inputs.stream().map(input -> Files.isDirectory(Path.of(input)) ? Path.of(input, OutputFolder.DEAD_LETTERS).toString()
                    : input).toList();
            Set<Path> folders = inputs.inputs.stream().map(input -> Path.of(input).toAbsolutePath().normalize().getParent()).collect(Collectors.toSet());
            if (out == null && folders.size() > 1) {
                throw new UsageException("the files are in several folders; say with --out where the results go");
            }
            out = out == null ? folders.iterator().next() : out;
            inputs.through = lines -> letters = new DeadLetterReader(lines, codes);
            inputs.find(out);
            if (Files.exists(out.resolve(OutputFolder.DEAD_LETTERS))) {
                folder().open().close(); // a job that died may have left several letters of an id: the last one counts
            }
        }

        /** Where nothing is said, what the job has asked whose letters they are. */
        @Override
        Map<String, String> given(Settings settings) {
            Map<String, String> now = super.given(settings);
            return now.isEmpty() ? Failable.get(() -> JobNotes.asked(letters())) : now;
        }

        /** The folder of the first file. */
        private Path letters() {
            return Path.of(inputs.inputs.get(0)).toAbsolutePath().normalize().getParent();
        }

        private int replayTopic() throws InterruptedException {
            Settings settings = settings();
            Map<String, String> client = settings.kafkaClient();
            String brokers = settings.text("kafka.brokers");
            try (BrokerReach reach = new BrokerReach(brokers, client)) {
                String problem = reach.problem();
                if (problem != null) {
                    throw new UsageException(problem);
                }
            }
            client.put("bootstrap.servers", brokers);
            Replay replay = new Replay(client, settings.text("kafka.group") + "-replay", settings.text("kafka.topic.dead-letters"),
                    topics(settings), codes, hopeless, what -> err().println("prompt-routes: " + what));
            try {
                replay.run(again);
                return replay.skipped().containsKey(Replay.TOO_LARGE) ? ExitCodes.DEAD_LETTERS : ExitCodes.ANSWERED;
            } catch (NotAlone e) {
                throw new UsageException(e.getMessage(), e);
            } catch (IllegalArgumentException e) {
                throw new UsageException(e.getMessage() + " (key kafka.topic.dead-letters)", e);
            } catch (ExecutionException | KafkaException e) {
                Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
                err().println("prompt-routes: stopped, the rest is untouched: " + cause.getMessage());
                return ExitCodes.STOPPED;
            } finally {
                say(replay.replayed(), replay.skipped());
            }
        }

        /** Topics of prompts: those of the keys first, then those that routes of the user's read. */
        private static Set<String> topics(Settings settings) {
            Set<String> topics = new LinkedHashSet<>(settings.topics("prompts"));
            topics.addAll(PipelineFiles.of(Path.of(""), settings.list("pipelines")).topics(settings.properties()));
            return topics;
        }

        private void say(long replayed, Map<String, Long> skipped) {
            List<String> why = skipped.entrySet().stream().map(one -> one.getValue() + " " + one.getKey()).toList();
            err().println("replayed    " + replayed + " dead letters, skipped " + skipped.values().stream().mapToLong(Long::longValue).sum()
                    + (why.isEmpty() ? "" : ": " + String.join(", ", why)) + (topic && !why.isEmpty() ? " (to be had with --from-beginning)" : ""));
        }
    }
}
