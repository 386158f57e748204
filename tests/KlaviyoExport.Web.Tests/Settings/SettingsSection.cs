using System.Reflection;
using KlaviyoExport.Data;

namespace KlaviyoExport.Web.Tests.Settings;

/// <summary>A section of the configuration, read by an options class.</summary>
/// <param name="Name">The path of the section, such as <c>Klaviyo:Retry</c>. Empty for settings without a section.</param>
/// <param name="Options">The class.</param>
/// <param name="Settings">Its settings, in the order of its properties.</param>
internal sealed record SettingsSection(string Name, Type Options, IReadOnlyList<Setting> Settings)
{
    public static readonly IReadOnlyList<Assembly> Assemblies = [typeof(StoreOptions).Assembly, typeof(WebApp).Assembly];

    /// <summary>
    /// All sections: those of the classes with a constant <c>Section</c> and properties that can be set, and of the classes inside them.
    /// </summary>
    public static IReadOnlyList<SettingsSection> All { get; } =
    [
        .. Assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsAbstract && SectionOf(type) is not null)
            .SelectMany(type => Of(SectionOf(type)!, type, Activator.CreateInstance(type)!))
            .OrderBy(section => section.Name, StringComparer.Ordinal)
            .ThenBy(section => section.Options.FullName, StringComparer.Ordinal),
    ];

    private static string? SectionOf(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true } section
        && type.GetConstructor(Type.EmptyTypes) is not null
            ? (string?)section.GetRawConstantValue()
            : null;

    private static IEnumerable<SettingsSection> Of(string name, Type type, object options)
    {
        var all = type.GetProperties().Where(property => property.SetMethod is { IsPublic: true }).OrderBy(Rank).ToList();
        var inner = all.Where(property => property.PropertyType.IsClass && Assemblies.Contains(property.PropertyType.Assembly)).ToList();
        yield return new(name, type, [.. all.Except(inner).Select(property => new Setting(name, property, property.GetValue(options)))]);
        foreach (var property in inner)
        foreach (var section in Of($"{name}:{property.Name}", property.PropertyType, property.GetValue(options)!))
            yield return section;
    }

    // What a class inherits comes last.
    private static (int Base, int Place) Rank(PropertyInfo property) =>
        (property.GetMethod!.GetBaseDefinition().DeclaringType == property.ReflectedType ? 0 : 1, property.MetadataToken);
}
