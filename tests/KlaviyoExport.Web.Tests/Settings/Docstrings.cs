using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace KlaviyoExport.Web.Tests.Settings;

/// <summary>The summaries of types and properties as Markdown, from the files that the compiler writes beside the assemblies.</summary>
internal sealed partial class Docstrings
{
    private readonly Dictionary<string, XElement> _summaries = new(StringComparer.Ordinal);

    public Docstrings(params IEnumerable<Assembly> assemblies)
    {
        foreach (var assembly in assemblies)
        foreach (var member in XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
            if (member.Element("summary") is { } summary)
                _summaries[member.Attribute("name")!.Value] = summary;
    }

    /// <summary>Returns the summary of a type. Empty when it has none.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">Returns how a member is called that the text refers to.</param>
    public string Of(Type type, Func<string, string> name) => Text($"T:{type.FullName!.Replace('+', '.')}", name);

    /// <summary>Returns the summary of a property, or else of the one that it overrides. Empty when neither has one.</summary>
    public string Of(PropertyInfo property, Func<string, string> name)
    {
        for (var type = property.DeclaringType; type is not null; type = type.BaseType)
            if (Text($"P:{type.FullName!.Replace('+', '.')}.{property.Name}", name) is { Length: > 0 } text)
                return text;
        return "";
    }

    private string Text(string member, Func<string, string> name)
    {
        if (!_summaries.TryGetValue(member, out var summary))
            return "";
        var text = new StringBuilder();
        foreach (var node in summary.Nodes())
            text.Append(
                node switch
                {
                    XText plain => plain.Value.Replace("<", "&lt;", StringComparison.Ordinal),
                    XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                    XElement { Name.LocalName: "see" } see => $"`{name(see.Attribute("cref")!.Value)}`",
                    _ => throw new InvalidOperationException($"{member} has a {node}, which has no form in Markdown."),
                }
            );
        return Spaces().Replace(text.ToString(), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
