package io.promptroutes.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.IOUtils;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import org.jline.terminal.spi.SystemStream;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.Signals;
import org.jline.utils.Status;

/**
 * The lowest lines of the terminal at standard error: what is logged scrolls above them, and lines that are too long are cut. Thread-safe.
 */
final class Panel implements AutoCloseable {

    /** Below which the panel would leave no room for anything else. */
    private static final int LEAST_ROWS = 8;

    private final Terminal terminal;
    private final Status status;
    private final boolean colours;
    private List<AttributedString> shown = List.of();
    private boolean closed;

    private Panel(Terminal terminal, boolean colours) {
        this.terminal = terminal;
        this.status = Status.getStatus(terminal);
        this.colours = colours;
        Signals.register("WINCH", this::resize);
    }

    /** Null where there is no terminal, or one that cannot move its cursor ({@code TERM=dumb}). */
    static Panel open() {
        try {
            // no signals of JLine's own: it would take Ctrl-C from us
            Terminal terminal = TerminalBuilder.builder().system(true).systemOutput(SystemOutput.SysErr).nativeSignals(false).dumb(true).build();
            if (!terminal.getType().startsWith(Terminal.TYPE_DUMB) && terminal.getHeight() > LEAST_ROWS) {
                String none = System.getenv("NO_COLOR");
                return new Panel(terminal, none == null || none.isEmpty());
            }
            terminal.close();
        } catch (IOException | RuntimeException | LinkageError e) {
            // then it is none that can be used: progress is told in lines
        }
        return null;
    }

    /** Whether somebody reads standard error on a terminal, and can answer. */
    static boolean canAsk() {
        return TerminalBuilder.builder().getProviders(null, new IllegalStateException()).stream()
                .anyMatch(provider -> provider.isSystemStream(SystemStream.Input) && provider.isSystemStream(SystemStream.Error));
    }

    /** @param lines coloured by how they begin: with a bar ({@code [}), or with something to mind ({@code !}) */
    synchronized void show(List<String> lines) {
        List<AttributedString> styled = new ArrayList<>();
        for (String line : lines) {
            styled.add(new AttributedString(line, style(line)));
        }
        shown = styled;
        draw();
    }

    private AttributedStyle style(String line) {
        if (!colours) {
            return AttributedStyle.DEFAULT;
        }
        return line.startsWith("[") ? AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN)
                : line.startsWith("!") ? AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW) : AttributedStyle.DEFAULT;
    }

    /** What the terminal has made of the old lines is cleared. */
    private synchronized void resize() {
        if (!closed) {
            status.resize();
            status.reset();
            terminal.puts(Capability.clr_eos);
            draw();
        }
    }

    private void draw() {
        if (!closed) {
            status.update(terminal.getHeight() > LEAST_ROWS ? shown : List.of());
        }
    }

    /** Gives the lines back. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            status.hide();
            status.close();
            IOUtils.closeQuietly(terminal); // nothing more is shown there
        }
    }
}
