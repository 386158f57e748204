namespace KlaviyoExport.Web.Setup;

/// <summary>Marks pages and endpoints that are available before the first administrator exists.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class BeforeSetupAttribute : Attribute;
