using System.Text.Json;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>The stores that test.sh starts.</summary>
internal sealed record TestStores(string S3, string Azure, TestSftp Sftp)
{
    public const string Variable = "KLAVIYOEXPORT_TEST_STORES";

    public static bool AreThere => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable));

    public static TestStores Find()
    {
        if (!AreThere)
            Assert.Skip($"{Variable} must name the stores.json that Sources/Remote/Stores/server.mjs writes; ./test.sh sets it.");
        var text = File.ReadAllText(Environment.GetEnvironmentVariable(Variable)!);
        return JsonSerializer.Deserialize<TestStores>(text, JsonSerializerOptions.Web)!;
    }
}

/// <param name="Keys">The folder with the keys of users (user, locked, stranger) and the server (host).</param>
internal sealed record TestSftp(int Port, string User, string Keys);
