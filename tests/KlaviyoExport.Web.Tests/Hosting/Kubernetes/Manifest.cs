using System.Text.Json;
using k8s;
using KlaviyoExport.Tests;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace KlaviyoExport.Web.Tests.Hosting.Kubernetes;

/// <summary>
/// Objects of Kubernetes, read as strictly as its API server reads them: an unknown field, a field that is there twice, or a value of the
/// wrong type is an exception.
/// </summary>
internal sealed class Manifest
{
    private static readonly IDeserializer Deserializer = new DeserializerBuilder()
        .WithAttemptingUnquotedStringTypeDeserialization()
        .Build();

    private Manifest(IReadOnlyList<object> objects) => Objects = objects;

    public IReadOnlyList<object> Objects { get; }

    /// <summary>One of the manifests in deploy/: kubernetes.yaml, or the chart with a file of values.</summary>
    public static async Task<Manifest> DeployedAsync(string file) =>
        file == "kubernetes.yaml"
            ? Read(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", file), TestContext.Current.CancellationToken))
            : Read(await Helm.TemplateAsync("-f", file));

    public static Manifest Read(string yaml)
    {
        var objects = KubernetesYaml.LoadAllFromString(yaml, strict: true);
        var documents = Documents(yaml).ToList();
        Assert.Equal(objects.Count, documents.Count);
        // The client takes true for a text and "80" for a number. JSON does not, and the API server does not either.
        foreach (var (document, read) in documents.Zip(objects))
            JsonSerializer.Deserialize(JsonSerializer.Serialize(document), read.GetType());
        return new(objects);
    }

    public T One<T>() => Objects.OfType<T>().Single();

    private static IEnumerable<object?> Documents(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
            yield return Deserializer.Deserialize<object?>(parser);
    }
}
