package io.promptroutes.cli;

import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. Exit codes are in {@link ExitCodes}. */
@Command(
        name = "prompt-routes",
        description = "Takes prompts from files, chooses a model for each, calls OpenRouter, and keeps the answers and their costs.",
        subcommands = {BatchCommand.class, BatchesCommand.class, DeadLettersCommand.class, RunCommand.class, AskCommand.class, ModelsCommand.class, TestCommand.class, CheckCommand.class, CostsCommand.class, BudgetsCommand.class, ProvidersCommand.class,
            DetectCommand.class, SimulatorCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = PromptRoutes.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Exit codes: 0 every prompt answered; 1 finished, some prompts are dead letters; 2 usage or configuration wrong,",
                "nothing was called; 3 stopped early, the rest untouched."})
public final class PromptRoutes implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    public static void main(String[] args) {
        Logs.begin();
        if (Runtime.version().feature() >= 24 && System.getProperty("io.netty.noUnsafe") == null) {
            System.setProperty("io.netty.noUnsafe", "true"); // of Netty behind the management port: these JDKs warn on standard error otherwise
        }
        System.setProperty("vertx.disableFileCPResolving", "true"); // else the management port needs a temporary folder that can be written
        if (garbled(args)) {
            System.err.println("prompt-routes: the locale does not know letters of the command line, which would come as ? or \\uFFFD; start with LC_ALL=C.UTF-8");
            System.exit(ExitCodes.USAGE);
        }
        System.exit(execute(args, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
    }

    private static boolean garbled(String[] args) {
        try {
            byte[] typed = Files.readAllBytes(Path.of("/proc/self/cmdline"));
            Charset.forName(System.getProperty("sun.jnu.encoding")).newDecoder().decode(ByteBuffer.wrap(typed));
            return false;
        } catch (CharacterCodingException e) {
            return true;
        } catch (IOException | IllegalArgumentException e) { // other systems
            return String.join("", args).indexOf('\uFFFD') >= 0;
        }
    }

    static int execute(String[] args, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new PromptRoutes()).setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof UsageException || failure instanceof InvalidPathException) {
                command.getErr().println("prompt-routes: " + Shown.list(failure.getMessage()));
                return ExitCodes.USAGE;
            }
            return defect(failure, command.getErr());
        });
        line.setParameterExceptionHandler((wrong, given) -> {
            CommandLine command = wrong.getCommandLine();
            List<String> similar = wrong instanceof UnmatchedArgumentException unknown ? unknown.getSuggestions() : List.of();
            command.getErr().println("prompt-routes: " + Shown.list(wrong.getMessage()) + (similar.isEmpty() ? "" : "; did you mean " + similar.get(0) + "?"));
            String commands = String.join(", ", command.getSubcommands().keySet());
            command.getErr().println((commands.isEmpty() ? "" : "Commands: " + commands + ". ") + "More:  " + command.getCommandSpec().qualifiedName() + " --help");
            return ExitCodes.USAGE;
        });
        try {
            return line.execute(args);
        } catch (Error e) { // the virtual machine's own exit code would say that there are dead letters
            return defect(e, err);
        }
    }

    private static int defect(Throwable failure, PrintWriter err) {
        err.println("prompt-routes: a fault in prompt-routes itself: " + failure);
        failure.printStackTrace(err);
        return ExitCodes.DEFECT;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = PromptRoutes.class.getPackage().getImplementationVersion();
            return new String[] {"prompt-routes " + (version == null ? "(development)" : version)
                    + ", Java " + System.getProperty("java.version")};
        }
    }
}
