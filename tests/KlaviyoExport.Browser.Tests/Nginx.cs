using System.Diagnostics;
using System.Globalization;
using KlaviyoExport.Tests;

namespace KlaviyoExport.Browser.Tests;

/// <summary>Debian's nginx in a process of its own, which publishes an application below a path of its host.</summary>
internal sealed class Nginx : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-nginx-").FullName;
    private readonly Process _process;

    private Nginx(int port, string path, string target, string header)
    {
        var configuration = Path.Combine(_directory, "nginx.conf");
        File.WriteAllText(configuration, Configuration(port, path, target, header));
        _process = Process.Start(
            new ProcessStartInfo("/usr/sbin/nginx", ["-c", configuration, "-p", _directory, "-e", Path.Combine(_directory, "error.log")])
        )!;
        Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
    }

    /// <summary>The address of the host, without a path.</summary>
    public string Address { get; }

    /// <summary>The statuses, methods and paths of the requests so far.</summary>
    public string Requests => File.ReadAllText(Path.Combine(_directory, "access.log"));

    /// <summary>Passes requests on as they are.</summary>
    public static Task<Nginx> KeepPathAsync(string path, string application) => StartAsync(path, application.TrimEnd('/'), "");

    /// <summary>Takes the path off and names it in a header.</summary>
    public static Task<Nginx> StripPathAsync(string path, string application) =>
        StartAsync(path, application.TrimEnd('/') + "/", $"proxy_set_header X-Forwarded-Prefix {path};");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<Nginx> StartAsync(string path, string target, string header)
    {
        var nginx = new Nginx(Loopback.FreePort(), path, target, header);
        using var client = new HttpClient();
        await Patience.UntilAsync(async () =>
        {
            try
            {
                using var answer = await client.GetAsync(nginx.Address + path + "/health/live", TestContext.Current.CancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return nginx;
    }

    private static string Configuration(int port, string path, string target, string header) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            events {}
            http {
                log_format line '$status $request_method $uri';
                access_log access.log line;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                scgi_temp_path scgi;
                uwsgi_temp_path uwsgi;
                map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
                server {
                    listen 127.0.0.1:{{port}};
                    location {{path}}/ {
                        proxy_pass {{target}};
                        proxy_http_version 1.1;
                        proxy_set_header Host $http_host;
                        proxy_set_header X-Forwarded-For $remote_addr;
                        proxy_set_header X-Forwarded-Proto http;
                        proxy_set_header X-Forwarded-Host $http_host;
                        {{header}}
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $connection_upgrade;
                        proxy_request_buffering off;
                        proxy_buffering off;
                    }
                    # Whatever leaves the path is lost.
                    location / { return 418; }
                }
            }
            """
        );
}
