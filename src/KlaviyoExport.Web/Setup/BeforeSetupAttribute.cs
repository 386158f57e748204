namespace KlaviyoExport.Web.Setup;

/// <summary>Marks what answers before the first administrator exists.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class BeforeSetupAttribute : Attribute;
