using System.CommandLine;
using KlaviyoExport.People;
using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Console;
using KlaviyoExport.Web.Console;
using KlaviyoExport.Web.Tests.Api;

namespace KlaviyoExport.Web.Tests.Console;

/// <summary>Who may use the commands. A command that is not in the table fails a test.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class CommandPermissionTests(DemoApi demo)
{
    private const string File = "FILE";
    private const string Export = "EXPORT";

    private static readonly Dictionary<string, Right> Table = new()
    {
        ["serve"] = new Right.Files(),
        ["run"] = new Right.Token([Export], Role.Operator),
        ["status"] = new Right.Token([], Role.Viewer),
        ["runs"] = new Right.Token([], Role.Viewer),
        ["check"] = new Right.Files(),
        ["rotate"] = new Right.Files(),
        ["renew-audit"] = new Right.Files(),
        ["backup"] = new Right.Files(),
        ["restore"] = new Right.Files(),
        ["copy-store"] = new Right.Files(),
        ["config export"] = new Right.Token([File], Role.Administrator),
        ["config plan"] = new Right.Token([File], Role.Administrator),
        ["config apply"] = new Right.Token([File], Role.Administrator),
        ["add-administrator"] = new Right.Files(),
        ["add-token"] = new Right.Files(),
        ["migrate"] = new Right.Files(),
        ["health"] = new Right.Machine(),
        ["drain"] = new Right.Machine(),
        ["resume"] = new Right.Machine(),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, Role?> Uses =>
        [
            .. Table
                .Where(row => row.Value is Right.Token)
                .SelectMany(row =>
                    Enum.GetValues<Role>()
                        .Select(role => (Role?)role)
                        .Prepend(null)
                        .Select(role => new TheoryDataRow<string, Role?>(row.Key, role))
                ),
        ];

    [Fact]
    public void Every_command_is_in_the_table()
    {
        var root = ConsoleApp.Build(new CommandContext(new Terminal(TextWriter.Null, true, TextWriter.Null, true), []));

        Assert.Equal(Table.Keys.Order(StringComparer.Ordinal), Names(root, "").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task A_command_does_what_the_role_of_its_token_permits(string command, Role? role)
    {
        var right = Assert.IsType<Right.Token>(Table[command]);
        var (file, secret) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            var name = $"{command} by {role}";
            await System.IO.File.WriteAllTextAsync(file, "version: 1\n", Cancel);
            await System.IO.File.WriteAllTextAsync(secret, role is { } who ? await demo.SecretAsync(who) : "ke_nobody", Cancel);
            if (right.Arguments.Contains(Export))
            {
                using var program = await demo.OpenAsync();
                await ApiClient.ReadAsync(await program.PostAsync("exports", await ExportTests.InputAsync(program, name)));
            }
            var run = await ConsoleRun.OfAsync([
                .. command.Split(' '),
                .. right.Arguments.Select(argument => argument == Export ? name : file),
                "--server",
                demo.App.Address.AbsoluteUri,
                "--token-file",
                secret,
            ]);

            Assert.Equal(role >= right.Least ? 0 : 4, run.Code);
            Assert.Equal(role >= right.Least, run.Error.Length == 0);
        }
        finally
        {
            System.IO.File.Delete(file);
            System.IO.File.Delete(secret);
        }
    }

    private static IEnumerable<string> Names(Command command, string before) =>
        command.Subcommands.SelectMany(child =>
            child.Subcommands.Count == 0 ? [before + child.Name] : Names(child, $"{before}{child.Name} ")
        );

    private abstract record Right
    {
        /// <summary>Whoever may read the settings and the data directory: the rights of the operating system decide.</summary>
        internal sealed record Files : Right;

        /// <summary>Whoever works on the machine of the server. See Cluster/DrainTests.</summary>
        internal sealed record Machine : Right;

        /// <summary>With a server: the role of the token's owner. Without one: as <see cref="Files"/>.</summary>
        internal sealed record Token(string[] Arguments, Role Least) : Right;
    }
}
