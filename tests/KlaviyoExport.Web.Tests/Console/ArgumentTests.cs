using KlaviyoExport.Tests.Console;
using KlaviyoExport.Web.Console;

namespace KlaviyoExport.Web.Tests.Console;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("serve", "")]
    [InlineData("serve --urls=http://localhost:1", "--urls=http://localhost:1")]
    [InlineData("--urls http://localhost:1", "--urls http://localhost:1")]
    [InlineData("--Demo:Enabled=true /DataDirectory=x", "--Demo:Enabled=true /DataDirectory=x")]
    [InlineData("DataDirectory=x", "DataDirectory=x")]
    public void Without_a_command_the_server_gets_the_arguments_as_they_are(string args, string settings) =>
        Assert.Equal(Split(settings), ServeCommand.Settings(Split(args)));

    [Theory]
    [InlineData("status")]
    [InlineData("no-such-command")]
    [InlineData("--help")]
    [InlineData("serve --help")]
    [InlineData("--version")]
    public void A_command_a_typing_error_and_a_question_start_no_server(string args) => Assert.Null(ServeCommand.Settings(Split(args)));

    [Fact]
    public void Settings_are_told_from_options_by_their_capital_letter()
    {
        var arguments = ConsoleArguments.Of(Split("run x --DataDirectory /a --json --Klaviyo:BaseUrl=http://b --timeout 5s"));

        Assert.Equal(Split("run x --json --timeout 5s"), arguments.Command);
        Assert.Equal(Split("--DataDirectory /a --Klaviyo:BaseUrl=http://b"), arguments.Settings);
    }

    [Theory]
    [InlineData("no-such-command", "no-such-command")]
    [InlineData("status --jsno", "--jsno")]
    [InlineData("run", "Required argument missing for command: 'run'")]
    [InlineData("run x --timeout soon", "\"soon\" is not a duration")]
    [InlineData("run x --timeout 0s", "\"0s\" is not a duration")]
    [InlineData("runs --take 0", "--take must be from 1 to 200")]
    [InlineData("copy-store --to Oracle", "Oracle")]
    public async Task A_wrong_command_line_ends_with_code_1_and_says_what_is_wrong(string args, string message)
    {
        var run = await ConsoleRun.OfAsync(Split(args));

        Assert.Equal((1, ""), (run.Code, run.Output.Trim()));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("status")]
    [InlineData("runs")]
    [InlineData("check")]
    [InlineData("rotate")]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("copy-store")]
    [InlineData("migrate")]
    [InlineData("health")]
    [InlineData("drain")]
    [InlineData("resume")]
    [InlineData("serve")]
    public async Task Every_command_has_its_help(string command)
    {
        var run = await ConsoleRun.OfAsync(command, "--help");

        Assert.Equal(0, run.Code);
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        Assert.Contains(command, (await ConsoleRun.OfAsync("--help")).Output, StringComparison.Ordinal);
    }

    private static string[] Split(string args) => args.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
