namespace KlaviyoExport.Web.Demo;

/// <summary>The files of demo mode in its data directory. A marker file distinguishes it from a real installation.</summary>
internal sealed class DemoFiles(string directory)
{
    private readonly string _marker = Path.Combine(directory, "demo");

    public string Directory => directory;

    public string Sandbox => Path.Combine(directory, "sandbox.journal");

    /// <summary>The folder that sources can read files from.</summary>
    public string Sources => Path.Combine(directory, "files");

    public string Customers => Path.Combine(Sources, "customers.csv");

    public bool AreDemo => File.Exists(_marker);

    public bool AreInEarnest => !AreDemo && File.Exists(Path.Combine(directory, "klaviyo-export.db"));

    /// <summary>
    /// Whether the demo data was created completely. It is then never created again, even if a person removes parts of it.
    /// </summary>
    public bool AreComplete
    {
        get => AreDemo && File.ReadAllText(_marker).Length > 0;
        set => File.WriteAllText(_marker, value ? "complete" : "");
    }

    public void Mark()
    {
        System.IO.Directory.CreateDirectory(Sources);
        if (!AreDemo)
            AreComplete = false;
    }
}
