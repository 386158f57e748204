using System.Text.RegularExpressions;
using KlaviyoExport.Tests;
using Microsoft.Extensions.Hosting;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace KlaviyoExport.Web.Tests.Hosting;

/// <summary>deploy/compose.yaml, as docker-compose reads it, with the files beside it. Nothing is started.</summary>
[Trait(Needs.Trait, Needs.Process)]
public sealed partial class ComposeFileTests
{
    private static readonly string? Program = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_COMPOSE");
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy");

    private static readonly IDeserializer Reader = new DeserializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .IgnoreUnmatchedProperties()
        .Build();

    [Fact]
    public async Task Docker_compose_reads_three_equal_servers_behind_nginx()
    {
        var run = await RunAsync(("POSTGRES_PASSWORD", "practice"), ("KEYS_PASSWORD", "practice"));
        Assert.Equal((0, ""), (run.Code, run.Error));
        var project = Reader.Deserialize<Project>(run.Output);
        var servers = project.Services.Where(service => service.Value.Environment.ContainsKey("Cluster__Enabled")).ToList();
        var server = servers[0].Value;

        Assert.Equal(3, servers.Count);
        Assert.Single(servers.Select(other => new Serializer().Serialize(other.Value)).Distinct());
        Assert.Equal(servers.Select(other => other.Key), Proxied().Matches(Read("nginx.conf")).Select(match => match.Groups[1].Value));
        Assert.True(server.ReadOnly);
        Assert.Equal(["ALL"], server.CapDrop);
        Assert.Equal(["no-new-privileges:true"], server.SecurityOpt);
        // The volume that they share is mounted at the data directory of the image.
        Assert.Contains($"data:{DataDirectory().Match(Read("Dockerfile")).Groups[1].Value}:rw", server.Volumes);
        Assert.Contains(
            server.Volumes,
            volume => volume.EndsWith($":{server.Environment["DataProtection__Certificate"]}:ro", StringComparison.Ordinal)
        );
        Assert.Equal(project.Networks["default"].Ipam.Config.Single()["subnet"], server.Environment["Proxy__Networks__0"]);
        Assert.True(TimeSpan.FromSeconds(int.Parse(server.StopGracePeriod.TrimEnd('s'), null)) > new HostOptions().ShutdownTimeout);
    }

    [Theory]
    [InlineData("POSTGRES_PASSWORD", "KEYS_PASSWORD")]
    [InlineData("KEYS_PASSWORD", "POSTGRES_PASSWORD")]
    public async Task Without_a_password_nothing_starts(string missing, string set)
    {
        var run = await RunAsync((set, "practice"), (missing, ""));

        Assert.NotEqual(0, run.Code);
        Assert.EndsWith($": {missing}", run.Error.TrimEnd(), StringComparison.Ordinal);
    }

    private static Task<ProgramRun> RunAsync(params (string, string)[] variables)
    {
        Assert.SkipWhen(Program is null, "KLAVIYOEXPORT_TEST_COMPOSE is not the path of docker-compose; ./test.sh installs it.");
        return ProgramRun.OfAsync(Program, Folder, ["--file", "compose.yaml", "config"], variables);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    [GeneratedRegex(@"^ *server (\w+):8080 ", RegexOptions.Multiline)]
    private static partial Regex Proxied();

    [GeneratedRegex(@"DataDirectory=(\S+)")]
    private static partial Regex DataDirectory();

    private sealed class Project
    {
        public Dictionary<string, Service> Services { get; set; } = [];
        public Dictionary<string, Network> Networks { get; set; } = [];
    }

    private sealed class Service
    {
        public Dictionary<string, string> Environment { get; set; } = [];
        public List<string> Volumes { get; set; } = [];
        public bool ReadOnly { get; set; }
        public List<string> CapDrop { get; set; } = [];
        public List<string> SecurityOpt { get; set; } = [];
        public string StopGracePeriod { get; set; } = "";
    }

    private sealed class Network
    {
        public Ipam Ipam { get; set; } = new();
    }

    private sealed class Ipam
    {
        public List<Dictionary<string, string>> Config { get; set; } = [];
    }
}
