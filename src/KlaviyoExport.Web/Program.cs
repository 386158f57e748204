using KlaviyoExport.Web;

return await WebApp.RunAsync(args);

public partial class Program;
